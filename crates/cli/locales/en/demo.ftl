# Texts of the demo.
demo-intro = antin demo: make a trusted chip, read it back, then try to fool the reader.
demo-nothing-leaves = Nothing leaves this machine. Keys live in memory and are gone when it ends. All people are fictional.
demo-step-pki = Country keys
demo-step-person = Person
demo-step-image = Image
demo-step-write = Write
demo-step-read = Read
demo-step-verify = Verify
demo-other-side = The other side of the counter, offline:
demo-gallery = And the rogues' gallery, the same card broken { $count } ways:
demo-done = All { $count } told apart. Done in { $seconds } s.
demo-next = Next:  antin doctor       is my reader ready?
    {"       "}antin --help       the commands by role
gallery-letter-changed = one letter changed in the name
gallery-portrait-swapped = portrait of somebody else
gallery-address-changed = one digit changed in the national data
gallery-sod-of-another-card = signature taken from another card
gallery-signature-changed = one bit changed in the signature
gallery-cloned-without-key = chip copied without its keys
gallery-signed-by-a-stranger = signed by a stranger
gallery-signed-by-another-country = signed by another country
gallery-proofs-hidden = the chip hides its proofs
gallery-contents-table-lies = table of contents altered
gallery-card-access-altered = PACE struck from EF.CardAccess
gallery-signer-expired = signer's certificate expired

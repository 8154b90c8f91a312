# Policies, evidence files, reports and batches.

policy-good = the policy is good

M430-title = the policy file has a fault
M430-hint = `antin policy show counter > my.toml` prints one to start from: give it another name in its line `name`
M430-cause = The file is no policy: an unknown key, check or word, a check that stands twice, or one that weighs less than it must.
M430-remedy = Correct the line named in the message. A policy may ask more than the built-in ones, less only of com-sod, mrz-digits and dg1-dg13.

U130-title = a challenge needs a chip's answer, and a folder of files holds none
U130-hint = verify a card, or an evidence file that was saved with this challenge
U130-cause = --challenge asks the chip on the reader, or looks for its answer in an evidence file. Files alone prove no chip.
U130-remedy = Leave --challenge out, or verify the evidence file (`antin verify --challenge HEX --save FILE.antin` writes one).
U131-title = nothing to verify under this folder
U131-hint = a card file is verified alone: antin verify --card FILE
U131-cause = --batch looks for folders with the files of a chip and for evidence files. None lies there, at any depth.
U131-remedy = Name a folder with folders as `antin read` writes them, or with files that `antin verify --save` wrote.
U132-title = a folder of files or an evidence file has no chip to open
U132-hint = a card file goes behind --card: antin verify --card FILE
U132-cause = A CAN, PIN or PUK, and --allow-bac-fallback, are for a card on a reader or a card file.
U132-remedy = Write --card before a card file; leave out what opens a card where files are verified.
M431-title = the evidence file was altered
M431-hint = ask for the file again; nothing in it can be believed
M431-cause = The SHA-256 in the first line is not that of the second line, or the station's signature does not fit.
M431-remedy = Get the file again from whoever saved it. `tail -n 1 FILE | sha256sum` computes the hash.
M432-title = this station did not sign the evidence file
M432-hint = leave --station out to judge the file without the station's word
M432-cause = The file bears no signature, or that of another station.
M432-remedy = Name the public key of the station that saved the file, or leave --station out: then only what the chip signed counts.
M433-title = the file names no station
M433-hint = openssl pkey -in station-key.pem -pubout -out station.pem
M433-cause = --station takes a public key or a certificate, PEM or DER.
M433-remedy = Give the public half of the key that signs at the station, or its certificate.

evidence-station-unasked = a station signed this evidence; its word counts with --station FILE (its public key)

group-document = Document
group-electronic = Electronic checks
group-chip-access = Access to the chip
group-bac-or-pace = BAC or PACE
group-terminal-authentication = Terminal Authentication
group-chip-content = Content of the chip
group-chip-authenticity = The chip is the original
group-security-objects = Signature of the security object
group-issuer-certificates = The issuer's certificates
group-content-integrity = Integrity of the files
group-issuing-state = Issuing state
group-combined = Combined checks
group-expiration = Expiry of the document
group-biographic-data = Printed zone against the chip
group-application-specific = Further checks

html-title = Report on an electronic document
html-checks = Checks, after BSI TR-03135-1
html-files = Files
html-file = File
html-bytes = Bytes
html-sha256 = SHA-256
html-protected = Protected by
html-at = Judged as of
html-policy = Policy
html-access = Access
html-tool = Program
html-exit = Exit code
html-name = Name
html-number = Number
html-birth = Date of birth (YYMMDD)
html-sex = Sex
html-nationality = Nationality
html-expiry = Date of expiry (YYMMDD)
html-footer = Rows in grey were noted and decide nothing under this policy. This page proves nothing by itself: an evidence file (antin verify --save) can be verified again.

batch-unreadable = cannot be read
batch-form = folders with EF_SOD.bin, Datagroup1.bin ... as `antin read` writes them, or evidence files (*.antin)
batch-skipped = { $number } passed over, the first of them { $first }: no files of a chip, no evidence (*.antin)
verify-form = a folder of files as `antin read` writes them, an evidence file (antin verify --save), or a card file behind --card
batch-total = { $total } of { $documents } documents, { $accepted } accepted, { $seconds } s
batch-interrupted = interrupted; with --results FILE the same command goes on where it stopped
evidence-judged-otherwise = the station that signed the evidence came to another verdict: { $verdict }, policy { $policy }
station-without-evidence = a station's word is for evidence files

M434-title = the results file of the batch cannot be continued
M434-hint = name another file with --results, or move this one away
M434-cause = The file is none of a batch, was made under another policy, or a line of it contradicts itself. It was left as it is.
M434-remedy = Name another file. Lines are only ever added; one that was cut off at the end is judged again, and so is every document whose content, or whose trust, policy, station or moment, is another one than its line says.

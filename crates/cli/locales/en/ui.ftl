# Words of the whole command line.
error = error
hint = hint
more = more
warning = warning

fact-reader = reader
fact-phase = phase
fact-status = status word
fact-file = file
fact-field = field
fact-line = line
fact-detail = detail
fact-card = card
fact-journal = journal
fact-missing = missing
fact-faults = faults
fact-state = card's state
fact-address = address
fact-value = value
fact-verdict = verdict
fact-profile = profile

explain-unknown = no error id, check, reason or verdict has this name; `antin explain` lists the error ids
explain-cause = cause
explain-remedy = remedy
explain-exit = exit code

prompt-can = CAN (6 digits) or MRZ: 
trust-empty = no trusted country certificate (CSCA): every card will be UNKNOWN ISSUER; give --trust DIR
notice-downgrade = notice: the chip announces PACE, but BAC is used because you allowed it
record-good = the record is good
profile-good = the profile is good
pki-test-only = TEST keys: never issue a real document with them
issue-development-blank = notice: a development blank takes data from anybody; real blanks ask for a secure channel, which is not supported yet
issue-resumed = going on where the last try stopped
issue-finished = finished: written, read back and verified
issue-serial = chip serial
issue-files = files
issue-read-back = read back as an outsider

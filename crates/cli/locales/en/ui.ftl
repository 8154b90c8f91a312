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

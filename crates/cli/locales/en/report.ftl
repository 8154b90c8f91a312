# Policies, evidence files, reports and batches.

policy-good = the policy is good

M430-title = the policy file has a fault
M430-hint = `antin policy show counter` prints one to start from
M430-cause = The file is no policy: an unknown key, check or word, a check that stands twice, or one that weighs less than it must.
M430-remedy = Correct the line named in the message. A policy may ask more than the built-in ones, less only of com-sod, mrz-digits and dg1-dg13.

# Verdicts, results, checks (`check-<id>`) and reasons (`reason-<code>`).
verdict-authentic = AUTHENTIC

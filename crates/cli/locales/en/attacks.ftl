attacks-sum = total { $total }: { $passed } answered as they must be, { $failed } otherwise, { $waiting } waiting for a feature
attacks-waiting = waiting for { $feature }
attacks-otherwise = expected { $expected }, got { $got }
attacks-form = an id or a layer that antin attacks list shows

M440-title = the card's files would break the standard, and nothing was signed
M440-hint = the message names the check that such a card would fail; the blank is untouched
M440-cause = A file that the profile states itself, or that the record leads to, has no form that verifiers take, its check digits are wrong, or DG13 contradicts DG1.
M440-remedy = Correct the content of that file in the profile, or the record. There is no way to have it signed as it is.

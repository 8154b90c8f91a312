attacks-sum = total { $total }: { $passed } answered as they must be, { $failed } otherwise, { $waiting } waiting for a feature
attacks-waiting = waiting for { $feature }
attacks-otherwise = expected { $expected }, got { $got }
attacks-form = an id or a layer that antin attacks list shows

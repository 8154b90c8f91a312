attacks-sum = tổng { $total } cuộc tấn công: { $passed } được trả lời đúng, { $failed } sai, { $waiting } chờ tính năng
attacks-waiting = chờ { $feature }
attacks-otherwise = phải là { $expected }, nhưng nhận được { $got }
attacks-form = một mã hoặc một lớp mà antin attacks list liệt kê

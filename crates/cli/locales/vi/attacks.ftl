attacks-sum = tổng { $total } cuộc tấn công: { $passed } được trả lời đúng, { $failed } sai, { $waiting } chờ tính năng
attacks-waiting = chờ { $feature }
attacks-otherwise = phải là { $expected }, nhưng nhận được { $got }
attacks-form = một mã hoặc một lớp mà antin attacks list liệt kê

M440-title = các tệp của thẻ sẽ trái tiêu chuẩn, nên chưa ký gì
M440-hint = thông báo nêu phép kiểm tra mà thẻ như vậy sẽ không qua; phôi thẻ chưa bị ghi
M440-cause = Một tệp do chính cấu hình thẻ quy định, hoặc do hồ sơ sinh ra, có dạng mà không bộ xác minh nào nhận, có chữ số kiểm tra sai, hoặc DG13 mâu thuẫn với DG1.
M440-remedy = Sửa nội dung tệp đó trong cấu hình thẻ, hoặc sửa hồ sơ. Không có cách nào để ký nguyên như vậy.

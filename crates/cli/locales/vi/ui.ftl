# Từ ngữ chung của dòng lệnh.
error = lỗi
hint = gợi ý
more = xem thêm
warning = cảnh báo

fact-reader = đầu đọc
fact-phase = giai đoạn
fact-status = mã trạng thái
fact-file = tệp
fact-field = trường
fact-line = dòng
fact-detail = chi tiết
fact-card = thẻ
fact-journal = nhật ký
fact-missing = thiếu
fact-faults = các lỗi
fact-state = trạng thái thẻ
fact-address = địa chỉ
fact-value = giá trị
fact-verdict = kết luận
fact-profile = profile

explain-unknown = không có mã lỗi, phép kiểm, lý do hay kết luận nào tên như vậy; `antin explain` liệt kê các mã lỗi
explain-cause = nguyên nhân
explain-remedy = khắc phục
explain-exit = mã thoát

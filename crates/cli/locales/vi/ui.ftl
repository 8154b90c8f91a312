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

prompt-can = CAN (6 chữ số) hoặc MRZ: 
trust-empty = không có chứng thư quốc gia (CSCA) đáng tin cậy nào: mọi thẻ sẽ là KHÔNG RÕ BÊN CẤP; hãy nêu --trust DIR
notice-downgrade = lưu ý: chip công bố PACE, nhưng dùng BAC vì bạn cho phép
record-good = hồ sơ tốt
profile-good = profile tốt
pki-test-only = Khóa THỬ NGHIỆM: không bao giờ dùng để phát hành giấy tờ thật
issue-development-blank = lưu ý: thẻ trắng phát triển nhận dữ liệu từ bất kỳ ai; thẻ trắng thật đòi kênh bảo mật, hiện chưa được hỗ trợ
issue-resumed = tiếp tục từ chỗ lần trước dừng lại
issue-finished = hoàn tất: đã ghi, đọc lại và xác minh
issue-serial = số sê-ri chip
issue-files = số tệp
issue-read-back = đọc lại như người ngoài

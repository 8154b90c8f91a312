# Chính sách, tệp bằng chứng, báo cáo và kiểm tra hàng loạt.

policy-good = chính sách tốt

M430-title = tệp chính sách có lỗi
M430-hint = `antin policy show counter` in ra một mẫu để bắt đầu
M430-cause = Tệp không phải là chính sách: có khóa, phép kiểm tra hoặc từ không rõ, một phép kiểm tra đứng hai lần, hoặc nhẹ hơn mức tối thiểu.
M430-remedy = Sửa dòng nêu trong thông báo. Chính sách có thể đòi hỏi nhiều hơn các chính sách có sẵn, ít hơn thì chỉ với com-sod, mrz-digits và dg1-dg13.

# Chính sách, tệp bằng chứng, báo cáo và kiểm tra hàng loạt.

policy-good = chính sách tốt

M430-title = tệp chính sách có lỗi
M430-hint = `antin policy show counter` in ra một mẫu để bắt đầu
M430-cause = Tệp không phải là chính sách: có khóa, phép kiểm tra hoặc từ không rõ, một phép kiểm tra đứng hai lần, hoặc nhẹ hơn mức tối thiểu.
M430-remedy = Sửa dòng nêu trong thông báo. Chính sách có thể đòi hỏi nhiều hơn các chính sách có sẵn, ít hơn thì chỉ với com-sod, mrz-digits và dg1-dg13.

U130-title = thử thách cần câu trả lời của chip, mà thư mục tệp thì không có
U130-hint = xác minh một thẻ, hoặc một tệp chứng cứ đã lưu với thử thách này
U130-cause = --challenge hỏi chip trên đầu đọc, hoặc tìm câu trả lời của chip trong tệp chứng cứ. Chỉ riêng các tệp thì không chứng minh được chip.
U130-remedy = Bỏ --challenge, hoặc xác minh tệp chứng cứ (`antin verify --challenge HEX --save TỆP.antin` ghi ra tệp đó).
M431-title = tệp chứng cứ đã bị sửa
M431-hint = xin lại tệp; không thể tin gì trong tệp này
M431-cause = SHA-256 ở dòng đầu không phải của dòng thứ hai, hoặc chữ ký của trạm không khớp.
M431-remedy = Xin lại tệp từ người đã lưu. `tail -n 1 TỆP | sha256sum` tính giá trị băm.
M432-title = trạm này không ký tệp chứng cứ
M432-hint = bỏ --station để phán xét tệp mà không cần lời của trạm
M432-cause = Tệp không có chữ ký, hoặc có chữ ký của trạm khác.
M432-remedy = Nêu khóa công khai của trạm đã lưu tệp, hoặc bỏ --station: khi đó chỉ những gì chip đã ký mới được tính.
M433-title = tệp không nêu trạm nào
M433-hint = openssl pkey -in station-key.pem -pubout -out station.pem
M433-cause = --station nhận một khóa công khai hoặc chứng thư, PEM hoặc DER.
M433-remedy = Đưa nửa công khai của khóa mà trạm dùng để ký, hoặc chứng thư của trạm.

evidence-station-unasked = một trạm đã ký chứng cứ này; lời của trạm được tính khi có --station TỆP (khóa công khai của trạm)

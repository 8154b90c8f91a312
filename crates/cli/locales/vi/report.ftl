# Chính sách, tệp bằng chứng, báo cáo và kiểm tra hàng loạt.

policy-good = chính sách tốt

M430-title = tệp chính sách có lỗi
M430-hint = `antin policy show counter > my.toml` in ra một mẫu để bắt đầu: đặt cho nó tên khác ở dòng `name`
M430-cause = Tệp không phải là chính sách: có khóa, phép kiểm tra hoặc từ không rõ, một phép kiểm tra đứng hai lần, hoặc nhẹ hơn mức tối thiểu.
M430-remedy = Sửa dòng nêu trong thông báo. Chính sách có thể đòi hỏi nhiều hơn các chính sách có sẵn, ít hơn thì chỉ với com-sod, mrz-digits và dg1-dg13.

U130-title = thử thách cần câu trả lời của chip, mà thư mục tệp thì không có
U130-hint = xác minh một thẻ, hoặc một tệp chứng cứ đã lưu với thử thách này
U130-cause = --challenge hỏi chip trên đầu đọc, hoặc tìm câu trả lời của chip trong tệp chứng cứ. Chỉ riêng các tệp thì không chứng minh được chip.
U130-remedy = Bỏ --challenge, hoặc xác minh tệp chứng cứ (`antin verify --challenge HEX --save TỆP.antin` ghi ra tệp đó).
U131-title = không có gì để xác minh dưới thư mục này
U131-hint = tệp thẻ được xác minh riêng: antin verify --card TỆP
U131-cause = --batch tìm các thư mục có tệp của chip và các tệp chứng cứ. Ở đó không có, dù ở mức nào.
U131-remedy = Nêu thư mục chứa các thư mục do `antin read` ghi, hoặc chứa các tệp do `antin verify --save` ghi.
U132-title = thư mục tệp hoặc tệp chứng cứ không có chip để mở
U132-hint = tệp thẻ đặt sau --card: antin verify --card TỆP
U132-cause = CAN, PIN hoặc PUK và --allow-bac-fallback là cho thẻ trên đầu đọc hoặc tệp thẻ.
U132-remedy = Viết --card trước tệp thẻ; bỏ những gì mở thẻ khi xác minh các tệp.
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

group-document = Giấy tờ
group-electronic = Kiểm tra điện tử
group-chip-access = Truy cập chip
group-bac-or-pace = BAC hoặc PACE
group-terminal-authentication = Xác thực thiết bị đọc
group-chip-content = Nội dung chip
group-chip-authenticity = Chip là bản gốc
group-security-objects = Chữ ký của đối tượng bảo mật
group-issuer-certificates = Chứng thư của bên cấp
group-content-integrity = Tính toàn vẹn của các tệp
group-issuing-state = Nước cấp
group-combined = Kiểm tra kết hợp
group-expiration = Thời hạn của giấy tờ
group-biographic-data = Vùng in đối chiếu với chip
group-application-specific = Các kiểm tra khác

html-title = Báo cáo về giấy tờ điện tử
html-checks = Các phép kiểm tra, theo BSI TR-03135-1
html-files = Các tệp
html-file = Tệp
html-bytes = Byte
html-sha256 = SHA-256
html-protected = Được bảo vệ bởi
html-at = Phán xét tại thời điểm
html-policy = Chính sách
html-access = Truy cập
html-tool = Chương trình
html-exit = Mã thoát
html-name = Họ tên
html-number = Số
html-birth = Ngày sinh (YYMMDD)
html-sex = Giới tính
html-nationality = Quốc tịch
html-expiry = Ngày hết hạn (YYMMDD)
html-footer = Các dòng màu xám chỉ được ghi lại và không quyết định gì theo chính sách này. Bản thân trang này không chứng minh điều gì: tệp chứng cứ (antin verify --save) có thể được xác minh lại.

batch-unreadable = không đọc được
batch-form = các thư mục có EF_SOD.bin, Datagroup1.bin ... do `antin read` ghi, hoặc tệp chứng cứ (*.antin)
batch-skipped = bỏ qua { $number } mục, mục đầu tiên là { $first }: không phải tệp của chip, không phải chứng cứ (*.antin)
verify-form = thư mục tệp do `antin read` ghi, tệp chứng cứ (antin verify --save), hoặc tệp thẻ đặt sau --card
batch-total = { $total } trong { $documents } giấy tờ, { $accepted } được chấp nhận, { $seconds } giây
batch-interrupted = bị ngắt; có --results TỆP thì cùng lệnh đó sẽ đi tiếp từ chỗ dừng
evidence-judged-otherwise = trạm đã ký tệp chứng cứ từng kết luận khác: { $verdict }, chính sách { $policy }
station-without-evidence = lời của trạm chỉ dành cho tệp chứng cứ

M434-title = không thể ghi tiếp tệp kết quả của lần kiểm tra hàng loạt
M434-hint = nêu tệp khác với --results, hoặc dời tệp này đi
M434-cause = Tệp không phải là kết quả kiểm tra hàng loạt, được tạo theo chính sách khác, hoặc có dòng tự mâu thuẫn. Tệp được giữ nguyên.
M434-remedy = Nêu tệp khác. Các dòng chỉ được thêm vào; dòng cuối bị cắt dở sẽ được phán xét lại, cũng như mọi giấy tờ có nội dung, hay niềm tin, chính sách, trạm hoặc thời điểm khác với dòng của nó.

# Lời của bản trình diễn.
demo-intro = antin demo: làm một chip đáng tin, đọc lại nó, rồi thử đánh lừa đầu đọc.
demo-nothing-leaves = Không có gì rời khỏi máy này. Khóa chỉ nằm trong bộ nhớ và mất khi kết thúc. Mọi nhân vật đều hư cấu.
demo-step-pki = Khóa quốc gia
demo-step-person = Công dân
demo-step-image = Nội dung
demo-step-write = Ghi thẻ
demo-step-read = Đọc
demo-step-verify = Xác minh
demo-did-pki = CSCA THỬ NGHIỆM P-384, người ký tài liệu P-256
demo-did-person = { $person } · { $number }
demo-did-image = { $files } tệp, { $bytes } B, đã ký
demo-did-write = { $apdus } APDU qua SCP03, đã khóa, đã đọc lại
demo-did-read = { $bytes } B
demo-did-verify = { $verdict ->
    [authentic] thẻ thật
   *[other] { $verdict }
}
demo-other-side = Phía bên kia quầy, không cần mạng:
demo-gallery = Và phòng trưng bày thẻ giả, cùng một thẻ bị làm hỏng { $count } cách:
demo-done = Nhận ra cả { $count }. Xong trong { $seconds } giây.
demo-next = Tiếp theo:  antin doctor       đầu đọc của tôi sẵn sàng chưa?
    {"            "}antin --help       các lệnh theo vai trò
gallery-letter-changed = đổi một chữ trong tên
gallery-portrait-swapped = ảnh của người khác
gallery-address-changed = đổi một chữ số trong dữ liệu quốc gia
gallery-sod-of-another-card = chữ ký lấy từ thẻ khác
gallery-signature-changed = đổi một bit trong chữ ký
gallery-cloned-without-key = sao chép chip nhưng không có khóa
gallery-signed-by-a-stranger = người lạ ký
gallery-signed-by-another-country = nước khác ký
gallery-proofs-hidden = chip giấu các bằng chứng
gallery-contents-table-lies = mục lục bị sửa
gallery-card-access-altered = xóa PACE khỏi EF.CardAccess
gallery-signer-expired = chứng thư người ký đã hết hạn

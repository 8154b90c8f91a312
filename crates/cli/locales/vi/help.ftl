# Lời trợ giúp (--help) bằng tiếng Việt; bản tiếng Anh nằm trong src/args.rs.

help = Phát hành, mô phỏng và xác minh thẻ căn cước gắn chip, không cần mạng
help-after =
    Theo vai trò:
      Mọi người      demo, doctor, explain
      Quầy giao dịch verify, read, readers, policy
      Trạm phát hành issue, record, profile
      Lập trình viên emulate, inspect, bench, conformance, attacks,
                     schema, completions, man
      Quản lý tin cậy pki, cvca, dv, is

    Mã thoát: 0 xong, thẻ thật; 2 dùng sai lệnh; 3 không có đầu đọc hay thẻ;
    4 bị từ chối truy cập; 5 mất thẻ, thử lại; 6 đầu vào sai; 10 thất bại;
    11 chip là bản sao; 12 không rõ bên cấp; 13 chip chưa được chứng minh;
    14 chưa kết luận được; 15 chính sách từ chối; 20 thẻ còn trắng;
    21 thẻ ghi dở; 22 không có bộ ký; 130 bị ngắt.
    Không bao giờ ghi bí mật trên dòng lệnh: dùng --can-file, --mrz-file,
    --pin-file, --puk-file hoặc gõ khi được hỏi.
help-demo = Phát hành thẻ mẫu, đóng vai chip, đọc và chứng minh nó; rồi làm hỏng nó bằng nhiều cách
help-verify = Kiểm tra thẻ trên đầu đọc, một tệp thẻ hoặc một thư mục tệp
help-read = Đọc các tệp của thẻ vào một thư mục
help-readers = Liệt kê các đầu đọc và thẻ đang đặt trên đó
help-policy = Những gì được đòi hỏi ở một tài liệu (chính sách)
help-policy-list = Liệt kê các chính sách có sẵn
help-policy-show = Hiển thị một chính sách
help-policy-check = Kiểm tra một tệp chính sách; lỗi được nêu kèm số dòng
help-issue = Ghi hồ sơ của một công dân lên thẻ
help-record = Hồ sơ công dân
help-record-demo = Tạo hồ sơ của công dân hư cấu, chân dung do chương trình vẽ
help-record-check = Kiểm tra một hồ sơ và liệt kê mọi lỗi
help-profile = Cấu hình thẻ (profile)
help-profile-list = Liệt kê các profile có sẵn
help-profile-show = Hiển thị một profile
help-profile-check = Kiểm tra một tệp profile; lỗi được nêu kèm số dòng
help-emulate = Đóng vai chip sau một đầu đọc ảo
help-inspect = Cho biết một tệp nói gì: EF.SOD, nhóm dữ liệu, chứng thư, MRZ, TLV
help-pki = Khóa và chứng thư thử nghiệm
help-pki-demo = Tạo cơ quan cấp quốc gia và người ký tài liệu THỬ NGHIỆM
help-cvca = Chứng thư của cơ quan quốc gia cấp quyền cho thiết bị đọc (CVCA)
help-cvca-create = Tạo khóa THỬ NGHIỆM và chứng thư của nó trong một bước
help-cvca-request = Tạo khóa THỬ NGHIỆM nếu chưa có, và xin cấp chứng thư
help-cvca-sign = Trả lời một yêu cầu bằng chứng thư
help-cvca-show = Cho biết một chứng thư hay yêu cầu nói gì
help-cvca-verify = Phán xét lần lượt các chứng thư như chip sẽ làm
help-dv = Chứng thư của bên kiểm tra tài liệu (DV)
help-dv-create = Tạo khóa THỬ NGHIỆM và chứng thư của nó trong một bước
help-dv-request = Tạo khóa THỬ NGHIỆM nếu chưa có, và xin cấp chứng thư
help-dv-sign = Trả lời một yêu cầu bằng chứng thư
help-dv-show = Cho biết một chứng thư hay yêu cầu nói gì
help-dv-verify = Phán xét lần lượt các chứng thư như chip sẽ làm
help-is = Chứng thư của thiết bị đọc: hệ thống kiểm tra và các loại khác
help-is-create = Tạo khóa THỬ NGHIỆM và chứng thư của nó trong một bước
help-is-request = Tạo khóa THỬ NGHIỆM nếu chưa có, và xin cấp chứng thư
help-is-sign = Trả lời một yêu cầu bằng chứng thư
help-is-show = Cho biết một chứng thư hay yêu cầu nói gì
help-is-verify = Phán xét lần lượt các chứng thư như chip sẽ làm
help-doctor = Máy này đã sẵn sàng chưa?
help-explain = Giải thích mã lỗi, phép kiểm, lý do hoặc kết luận
help-bench = Đo tốc độ so với chi phí thuần của cùng phép mật mã
help-conformance = Chip và đầu đọc của chúng ta trước các ca kiểm thử công khai
help-conformance-run = Chạy các ca kiểm thử và in bảng kết quả
help-conformance-list = Liệt kê các ca kiểm thử
help-conformance-show = Hiển thị một ca kiểm thử như đã viết
help-attacks = Các cách tấn công đã biết vào giấy tờ và chip, thử với trình kiểm tra của chúng ta
help-attacks-run = Thử các cuộc tấn công và in bảng câu trả lời
help-attacks-list = Liệt kê các cuộc tấn công
help-attacks-show = Hiển thị một cuộc tấn công: phải trả lời gì, và kẻ tấn công đã làm gì
help-schema = In JSON Schema của một đầu ra
help-completions = In tập lệnh bổ sung tự động cho shell
help-man = Ghi các trang hướng dẫn (man) vào thư mục, hoặc in trang chính

arg-json = In một đối tượng JSON ra đầu ra chuẩn
arg-jsonl = In dòng sự kiện JSON ra đầu ra chuẩn, mỗi dòng một sự kiện
arg-lang = Ngôn ngữ của lời cho người đọc (mặc định: theo hệ thống)
arg-color = Khi nào dùng màu
arg-quiet = Không nói gì ra đầu ra lỗi ngoài lỗi
arg-pcsc = Chạy qua một pcscd riêng và đầu đọc ảo
arg-seed = Hạt giống: chọn công dân và chỗ của từng thay đổi
arg-keep = Giữ lại các tệp của bản trình diễn trong thư mục này
arg-reader = Đầu đọc: một phần tên, hoặc số thứ tự trong `antin readers`
arg-vpcd_listen = Làm đầu đọc ảo trên cổng này: trình mô phỏng thẻ nói giao thức vpcd sẽ kết nối vào
arg-wait_return = Chờ thẻ bị trượt được đặt lại trong bao lâu
arg-no_cache = Không dùng và không ghi nhớ cách đọc loại thẻ này
arg-card = Tệp thẻ; chip phần mềm trả lời trong bộ nhớ
arg-wait = Chờ thẻ bao lâu, tính bằng giây
arg-can_file = Tệp chứa số truy cập thẻ CAN (6 chữ số); `-` đọc đầu vào chuẩn
arg-mrz_file = Tệp chứa vùng đọc máy MRZ; `-` đọc đầu vào chuẩn
arg-pin_file = Tệp chứa mã PIN của chủ thẻ; `-` đọc đầu vào chuẩn. Kèm --can-file thì được dùng lần thử cuối của PIN bị tạm khóa
arg-puk_file = Tệp chứa mã PUK; `-` đọc đầu vào chuẩn. Kèm --pin-file thì PIN bị tạm khóa hoặc đã khóa có lại các lần thử, rồi PIN mở thẻ; một mình nó mở được rất ít tệp, hoặc không tệp nào
arg-ask_pin = Hỏi mã PIN của chủ thẻ, không hiện chữ số. Kèm --can-file thì được dùng lần thử cuối của PIN bị tạm khóa
arg-ask_puk = Hỏi mã PUK để mở khóa PIN, không hiện chữ số; kèm PIN hoặc một mình như --puk-file
arg-allow_bac_fallback = Cho dùng BAC khi chip công bố PACE nhưng PACE hỏng (báo cáo ghi `downgrade`)
arg-folder = Thư mục tệp do `antin read` ghi, hoặc tệp chứng cứ
arg-trust = Thư mục chứng thư quốc gia (CSCA) đáng tin cậy, PEM hoặc DER
arg-policy = Chính sách chấp nhận: counter, border, lab, hoặc một tệp chính sách
arg-policy_file = Tệp chính sách
arg-holder = Đưa dữ liệu của chủ thẻ vào kết quả
arg-at = Phán xét như thể đang ở thời điểm này (RFC 3339), dùng cho chứng cứ và kiểm thử
arg-to = Thư mục để ghi EF_SOD.bin, Datagroup1.bin và các tệp khác
arg-profile = Tên profile có sẵn, hoặc tệp profile
arg-record = Hồ sơ của công dân (JSON)
arg-signer = Thư mục chứa khóa và chứng thư của người ký tài liệu
arg-cvca = Chứng thư (*.cvcert) tự ký của cơ quan cấp quyền cho thiết bị đọc (CVCA) mà thẻ sẽ tin; cần profile có Terminal Authentication. Không có thì thẻ tin một cơ quan THỬ NGHIỆM mà không ai giữ khóa
arg-to_file = Ghi một thẻ phần mềm vào tệp này
arg-journal = Nhật ký để tiếp tục việc phát hành bị ngắt (mặc định: cạnh hồ sơ)
arg-perso_keys = Khóa SCP03 của thẻ trắng: tệp `antin.scp03-keys/1` chỉ chủ tệp đọc được, hoặc các khóa NAME-enc và NAME-mac trong token: pkcs11:token=NHÃN;object=NAME?module-path=TRÌNH_ĐIỀU_KHIỂN&pin-source=file:TỆP
arg-allow_test_keys = Dùng khóa thử nghiệm ai cũng biết (40 41 .. 4F) khi không có khóa khác: không bao giờ cho thẻ thật
arg-development_blank = Tạo hoặc ghi thẻ trắng không có kênh bảo mật, ai cũng ghi được
arg-blank = Tạo tệp thẻ trắng theo profile này nếu chưa có
arg-vpcd = Đầu đọc ảo để cắm vào
arg-trace = Hiển thị phần đầu, độ dài và mã trạng thái của mọi trao đổi ra đầu ra lỗi
arg-trace_secrets = Hiển thị cả mọi byte: dữ liệu cá nhân, và khi phát hành cả khóa riêng của thẻ
arg-challenge = Thử thách cho Xác thực chủ động (16 chữ số hex, hoặc tệp chứa 8 byte hay các chữ số đó), của bên sẽ kiểm câu trả lời của chip; cả hai được giữ trong báo cáo. Với tệp chứng cứ: thử thách do chính bạn chọn cho lần kiểm này, câu trả lời đúng thì chứng minh chip
arg-page_mrz = Tệp chứa vùng MRZ in trên giấy tờ, để đối chiếu với chip; `-` đọc đầu vào chuẩn. Có --mrz-file thì dùng vùng đó
arg-qr_file = Tệp chứa nội dung mã QR trên thẻ Việt Nam, để đối chiếu với chip
arg-station_key = Ký tệp chứng cứ bằng khóa riêng này của trạm (PKCS#8, chỉ chủ tệp đọc được)
arg-station = Tin những gì trạm này đã thấy, nếu nó đã ký tệp chứng cứ: khóa công khai hoặc chứng thư của trạm. Giấy tờ được phán xét theo thời điểm của lần kiểm, với các cơ quan được tin lúc đó
arg-save = Giữ những gì thẻ đã nói thành tệp chứng cứ, để xác minh lại sau
arg-count = Bao nhiêu hồ sơ, tối đa 1000
arg-mrz_to = Ghi vùng MRZ được in trên thẻ như vậy vào tệp này, dùng cho `--mrz-file`
arg-out = Thư mục để ghi vào
arg-file = Tệp; với inspect, `-` đọc đầu vào chuẩn
arg-curve = Đường cong của cả hai khóa
arg-explicit = Ghi tham số đường cong tường minh như ICAO 9303-12 yêu cầu; OpenSSL từ chối chuỗi như vậy
arg-country = Mã ISO 3166-1 hai chữ của nước cấp
arg-what = Mã lỗi (A201), phép kiểm (dg-hash), lý do hoặc kết luận; để trống để liệt kê
arg-seconds = Mỗi phép đo kéo dài bao lâu
arg-name = Tên lược đồ, ví dụ `antin.report/1`; để trống để liệt kê
arg-shell = Loại shell
arg-dir = Thư mục để ghi antin.1, antin-verify.1 và các trang khác
arg-chr = Tên của khóa: hai chữ hoa, tối đa chín ký tự, năm chữ số hoặc chữ hoa
arg-cv_key = Tệp khóa riêng, PKCS#8; được tạo nếu chưa có (DER nếu đuôi là .pkcs8 hoặc .der, còn lại là PEM)
arg-algorithm = Cách ký của khóa: ecdsa-sha-256, rsa-pss-sha-256 và các cách khác
arg-cv_curve = Đường cong của khóa mới (mặc định: brainpoolP256r1)
arg-bits = Độ dài của khóa RSA mới (mặc định: 2048)
arg-terminal = Thư mục chứa khóa riêng của thiết bị đọc, chứng thư của nó, của đơn vị kiểm tra và các chứng thư nối (*.cvcert): thiết bị đọc chứng minh quyền của mình để mở DG3 và DG4
arg-terminal_type = Loại thiết bị đọc (mặc định: như người ký, hoặc is)
arg-rights = Các quyền, cách nhau bằng dấu phẩy: all, none, read-dg3,read-dg4 và các quyền khác
arg-foreign = Bên kiểm tra nước ngoài hoặc không chính thức, chip không tin ngày tháng của họ
arg-from = Ngày đầu (mặc định: hôm nay)
arg-days = Kéo dài bao nhiêu ngày (mặc định: 1095 cho CVCA, 90 cho DV, 30 cho thiết bị đọc)
arg-by = Chứng thư của người ký (mặc định với cvca create: tự ký)
arg-by_key = Khóa riêng của người ký
arg-cv_out = Tệp để ghi
arg-authority = Tên khóa của cơ quan được mong đợi sẽ ký
arg-known_as = Ký thêm quanh yêu cầu bằng khóa mà cơ quan đã biết dưới tên này
arg-known_key = Tệp của khóa đó
arg-request = Yêu cầu cấp chứng thư
arg-cv_file = Chứng thư hoặc yêu cầu
arg-certificates = Các chứng thư theo thứ tự thiết bị đọc trình ra
arg-anchor = Chứng thư của cơ quan mà chip tin cậy, một hoặc hai
arg-date = Ngày của chip (mặc định: hôm nay)
arg-sha1 = Nhận chữ ký dùng SHA-1, như chip của những năm đầu
arg-reader_side = Chỉ các ca kiểm thử đầu đọc
arg-chip_side = Chỉ các ca kiểm thử chip
arg-case = Chỉ ca có mã này; có thể ghi nhiều lần
arg-layer = Chỉ các cuộc tấn công của lớp này: pki, sod, chip, access, sm, parse, semantics, issuance
arg-id = Mã của ca kiểm thử, như trong kế hoạch kiểm thử
arg-with_defects = Chạy mỗi ca thêm một lần với khiếm khuyết đã nêu tên: phải báo lỗi
arg-patch = Làm sai theo tệp vá lỗi này (TOML); mọi thay đổi của nó trên thẻ không được giữ lại
help-trust = Tin ai: nhập, liệt kê, xem, vì sao, bỏ, so sánh, xuất
help-trust-import = Nhận danh sách chính, chứng thư, danh sách thu hồi: PEM, DER, LDIF, ZIP, thư mục
help-trust-list = Mỗi nước có gì
help-trust-show = Hiện các mục: tất cả của một nước, hoặc một mục theo dấu vân tay
help-trust-why = Vì sao tin một cơ quan: ai bảo đảm, ai đã thêm và khi nào
help-trust-remove = Bỏ các mục, hoặc đánh dấu là xấu
help-trust-diff = So sánh hai kho, danh sách, tệp nén, thư mục hoặc tệp
help-trust-export = Ghi các mục ra PEM, DER, LDIF hoặc ZIP
arg-store = Thư mục của kho tin cậy (mặc định: $ANTIN_TRUST_STORE, nếu không thì antin/trust trong thư mục dữ liệu của người dùng)
arg-allow_test_anchors = Cho các cơ quan thử nghiệm của kho tin cậy có giá trị: cho mẫu và thử nghiệm, không bao giờ cho tài liệu thật
arg-trust_operator = Ai làm việc này, để ghi lại (mặc định: user@host)
arg-trust_wanted = Hai chữ cái của một nước, hoặc dấu vân tay (SHA-256; tám chữ số đầu là đủ)
arg-trust_some = Hai chữ cái của một nước, hoặc dấu vân tay; tất cả nếu không nêu gì
arg-trust_files = Tệp hoặc thư mục; tệp là gì tùy nội dung của nó
arg-trust_root = Chứng thư của cơ quan bảo đảm cho danh sách đã ký (CSCA), PEM hoặc DER; lấy bằng đường khác với danh sách
arg-trust_test = Để mọi thứ với các mục thử nghiệm, chỉ có giá trị khi được yêu cầu
arg-allow_unverified_list = Nguy hiểm: nhận danh sách có chữ ký không đúng; được ghi lại mãi
arg-allow_older_list = Nguy hiểm: nhận danh sách cũ hơn cái trước; được ghi lại mãi
arg-distrust = Đánh dấu là xấu nữa: tài liệu của nó không đạt, và không danh sách nào đưa nó trở lại
arg-allow_whole_country = Bỏ mọi thứ của một nước
arg-trust_first = Bên thứ nhất
arg-trust_second = Bên thứ hai
arg-trust_to = Tệp để ghi; với der là thư mục
arg-trust_format = Ghi thế nào

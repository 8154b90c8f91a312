//! Words from which fictional citizens are made.

/// Surnames and how many of a thousand people have them.
pub(super) const SURNAMES: [(&str, u32); 14] = [
    ("Nguyễn", 384),
    ("Trần", 121),
    ("Lê", 95),
    ("Phạm", 70),
    ("Hoàng", 33),
    ("Huỳnh", 18),
    ("Phan", 45),
    ("Vũ", 22),
    ("Võ", 17),
    ("Đặng", 21),
    ("Bùi", 20),
    ("Đỗ", 14),
    ("Hồ", 13),
    ("Ngô", 13),
];

/// Surnames of the others.
pub(super) const RARE_SURNAMES: [&str; 16] = [
    "Dương", "Lý", "Đinh", "Mai", "Trịnh", "Đoàn", "Lâm", "Phùng", "Tô", "Cao", "Châu", "Tạ", "Hà", "Lương",
    "Thạch", "Quách",
];

pub(super) const FEMALE_MIDDLES: [&str; 10] = [
    "Thị", "Ngọc", "Thu", "Minh", "Kim", "Bích", "Thanh", "Diệu", "Phương", "Mỹ",
];

pub(super) const MALE_MIDDLES: [&str; 10] = [
    "Văn", "Đức", "Hữu", "Minh", "Quốc", "Thanh", "Công", "Xuân", "Ngọc", "Đình",
];

pub(super) const FEMALE_GIVENS: [&str; 20] = [
    "Mẫu", "Hoa", "Lan", "Hương", "Linh", "Trang", "Thảo", "Ngân", "Yến", "Ánh", "Dung", "Hằng", "Nhung",
    "Quyên", "Trâm", "Vy", "Thủy", "Hạnh", "Mai", "Đào",
];

pub(super) const MALE_GIVENS: [&str; 20] = [
    "Mẫu",
    "Hùng",
    "Dũng",
    "Tuấn",
    "Sơn",
    "Long",
    "Khoa",
    "Phúc",
    "Thắng",
    "Đạt",
    "Bình",
    "Hải",
    "Nam",
    "Quân",
    "Tùng",
    "Vinh",
    "Lượng",
    "Thường",
    "Trí",
    "Ước",
];

pub(super) const ETHNICITIES: [&str; 9] = [
    "Tày", "Thái", "Mường", "Khmer", "Hoa", "Nùng", "H'Mông", "Dao", "Ê-đê",
];

pub(super) const RELIGIONS: [&str; 5] = [
    "Phật giáo",
    "Công giáo",
    "Tin Lành",
    "Cao Đài",
    "Phật giáo Hòa Hảo",
];

pub(super) const PROVINCES: [&str; 12] = [
    "Hà Nội",
    "Huế",
    "Đà Nẵng",
    "Cần Thơ",
    "Hải Phòng",
    "Thành phố Hồ Chí Minh",
    "Nghệ An",
    "Thanh Hóa",
    "Lâm Đồng",
    "Đắk Lắk",
    "Cà Mau",
    "Lạng Sơn",
];

pub(super) const FEATURES: [&str; 6] = [
    "Nốt ruồi cách 1 cm dưới đuôi mắt trái",
    "Sẹo chấm cách 2 cm trên đuôi mày phải",
    "Nốt ruồi cách 2 cm sau cánh mũi phải",
    "Sẹo chấm cách 1,5 cm trước bình tai trái",
    "Nốt ruồi trên gò má phải",
    "Không",
];

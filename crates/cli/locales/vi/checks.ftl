# Kết luận, kết quả, phép kiểm (`check-<id>`) và lý do (`reason-<code>`).
verdict-authentic = THẺ THẬT

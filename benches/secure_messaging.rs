//! A file of 15,000 bytes through secure messaging, both ends: in short answers and in one extended answer.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

use antin::crypto::Suite;
use antin::protocol::files::read_binary;
use antin::protocol::sm::{Keys, Ssc, chip, max_plain, terminal};
use antin::wire::apdu::Response;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const FILE: usize = 15_000;

/// Longest answers: of a short and of an extended command.
const ANSWERS: [(&str, usize); 2] = [("short", 256), ("extended", 65_536)];

/// Reads a file of `FILE` bytes in pieces; returns how many bytes came through.
fn read(suite: Suite, piece: usize) -> usize {
    let keys = Keys::derive(suite, &[0x5A; 32]);
    let mut reader = terminal::Channel::new(keys.clone(), Ssc::zero(suite));
    let mut card = chip::Channel::new(keys, Ssc::zero(suite));
    let mut read = 0;
    while read < FILE {
        let len = piece.min(FILE - read);
        let offset = u16::try_from(read).expect("the file is shorter than 32 KiB");
        let le = u32::try_from(len).expect("a piece is shorter than the file");
        let command = read_binary(offset, le).expect("the offset is below 32 KiB");
        let command = card
            .open(&reader.protect(&command).expect("a channel"))
            .expect("a command of ours");
        assert_eq!(command.le(), Some(le));
        let answer = reader
            .open(&card.protect(&Response::ok(vec![0xA5; len])))
            .expect("an answer of ours");
        read += answer.data.len();
    }
    read
}

fn secure_messaging(c: &mut Criterion) {
    let mut group = c.benchmark_group("secure messaging of 15,000 bytes");
    group.throughput(Throughput::Bytes(FILE as u64));
    for suite in [Suite::Aes128, Suite::Aes256, Suite::Tdes] {
        for (name, limit) in ANSWERS {
            let piece = max_plain(suite, limit);
            group.bench_function(format!("{suite:?}, {name}"), |b| b.iter(|| read(suite, piece)));
        }
    }
    group.finish();
}

criterion_group!(benches, secure_messaging);
criterion_main!(benches);

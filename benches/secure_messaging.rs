//! A file of 15,000 bytes through secure messaging on one core, both ends: in short answers and in one extended answer,
//! beside the same bytes through the raw ciphers and authentication codes of the libraries, keys scheduled once.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

use std::hint::black_box;

use aes::{Aes128, Aes192, Aes256};
use antin::crypto::Suite;
use antin::protocol::files::read_binary;
use antin::protocol::sm::{Keys, Ssc, chip, max_plain, terminal};
use antin::wire::apdu::Response;
use cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit,
};
use cmac::Cmac;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use des::{Des, TdesEde2};
use digest::Mac;
use retail_mac::RetailMac;

const FILE: usize = 15_000;

/// Longest answers: of a short and of an extended command.
const ANSWERS: [(&str, usize); 2] = [("short", 256), ("extended", 65_536)];

/// Reads a file of `FILE` bytes in pieces; returns how many bytes came through.
fn read(keys: &Keys, piece: usize) -> usize {
    let start = || Ssc::zero(keys.suite());
    let mut reader = terminal::Channel::new(keys.clone(), start());
    let mut card = chip::Channel::new(keys.clone(), start());
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

/// What nobody can do without: each piece encrypted and authenticated by one end, authenticated and decrypted by the
/// other, and the authentication of a command by both.
fn raw<C, M>(cipher: &C, mac: &M, piece: usize) -> usize
where
    C: BlockCipherEncrypt + BlockCipherDecrypt,
    M: Mac + Clone,
{
    let block = C::block_size();
    let iv = vec![0; block];
    let code = |bytes: &[u8]| black_box(mac.clone().chain_update(bytes).finalize().into_bytes());
    let mut read = 0;
    while read < FILE {
        let len = piece.min(FILE - read);
        // Counter and header take a block each, and so does the object with the length.
        let command = vec![0x0C; 3 * block];
        code(&command);
        code(&command);
        let mut data = vec![0xA5; (len / block + 1) * block];
        let (blocks, _) = Block::<C>::slice_as_chunks_mut(&mut data);
        let mut mode = cbc::Encryptor::<&C>::inner_iv_slice_init(cipher, &iv).expect("a block");
        mode.encrypt_blocks(blocks);
        code(&data);
        code(&data);
        let (blocks, _) = Block::<C>::slice_as_chunks_mut(&mut data);
        let mut mode = cbc::Decryptor::<&C>::inner_iv_slice_init(cipher, &iv).expect("a block");
        mode.decrypt_blocks(blocks);
        black_box(&data);
        read += len;
    }
    read
}

fn compare<C, M>(group: &mut BenchmarkGroup<'_, WallTime>, suite: Suite, cipher: &C, mac: &M)
where
    C: BlockCipherEncrypt + BlockCipherDecrypt,
    M: Mac + Clone,
{
    let keys = Keys::derive(suite, &[0x5A; 32]);
    for (name, limit) in ANSWERS {
        let piece = max_plain(suite, limit);
        let id = |what: &str| format!("{}, {name}, {what}", suite.name());
        group.bench_function(id("antin"), |b| b.iter(|| read(&keys, piece)));
        group.bench_function(id("raw"), |b| b.iter(|| raw(cipher, mac, piece)));
    }
}

/// A key of any length.
fn keyed<K: KeyInit>(len: usize) -> K {
    let bytes: Vec<u8> = (1..).take(len).collect();
    K::new_from_slice(&bytes).expect("a key of the right length")
}

fn secure_messaging(c: &mut Criterion) {
    let mut group = c.benchmark_group("secure messaging of 15,000 bytes");
    group.throughput(Throughput::Bytes(FILE as u64));
    compare(
        &mut group,
        Suite::Tdes,
        &keyed::<TdesEde2>(16),
        &keyed::<RetailMac<Des>>(16),
    );
    compare(
        &mut group,
        Suite::Aes128,
        &keyed::<Aes128>(16),
        &keyed::<Cmac<Aes128>>(16),
    );
    compare(
        &mut group,
        Suite::Aes192,
        &keyed::<Aes192>(24),
        &keyed::<Cmac<Aes192>>(24),
    );
    compare(
        &mut group,
        Suite::Aes256,
        &keyed::<Aes256>(32),
        &keyed::<Cmac<Aes256>>(32),
    );
    group.finish();
}

criterion_group!(benches, secure_messaging);
criterion_main!(benches);

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| antin_testkit::parsers::run("trust_store", bytes));

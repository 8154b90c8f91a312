//! A private PC/SC service for each test, and toy cards to put into it.

use std::{
    env,
    io::{self, Read, Write},
    net::TcpStream,
    process::ExitStatus,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use antin_transport::{
    Error,
    lab::{self, Lab, Slot},
    vpcd::{CardSide, Ended, Event, Session},
};

/// The answer to reset of every card here.
pub const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
/// SELECT of the master file.
pub const SELECT: [u8; 4] = [0x00, 0xA4, 0x00, 0x0C];
/// Long enough for a reader to see a card come or go.
pub const LONG: Duration = Duration::from_secs(10);

/// Runs `body` in a process of its own, in the environment of a private service: this test binary, asked for this
/// test alone. Without the service installed it says so and passes, unless `ANTIN_STRICT=1`.
pub fn in_lab(test: &str, readers: usize, body: impl FnOnce(&[Slot])) {
    if let Some(slots) = lab::surrounding() {
        return body(&slots);
    }
    let Some(lab) = start(readers) else { return };
    let status = rerun(&lab, test);
    assert!(
        status.success(),
        "inside the lab: {status}; the service says: {}",
        lab.log()
    );
}

/// A private service, or `None` after saying what is missing.
pub fn start(readers: usize) -> Option<Lab> {
    if let Err(missing) = Lab::availability() {
        assert!(env::var("ANTIN_STRICT").as_deref() != Ok("1"), "{missing}");
        // Past the test harness, which keeps what a passing test prints to itself.
        io::stdout()
            .write_all(format!("SKIPPED: {missing}\n").as_bytes())
            .unwrap();
        return None;
    }
    Some(Lab::start(readers).expect("a private service"))
}

/// Runs one test of this binary inside the lab.
pub fn rerun(lab: &Lab, test: &str) -> ExitStatus {
    let me = env::current_exe().unwrap();
    lab.command(me)
        .args([test, "--exact", "--nocapture"])
        .status()
        .unwrap()
}

/// A card that answers each command with what `answer` makes of it.
pub struct Toy<F>(pub F);

impl<F: FnMut(&[u8]) -> Vec<u8>> CardSide for Toy<F> {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        (self.0)(command)
    }
}

/// A card in a reader, until it is pulled.
pub struct Inserted {
    stop: Arc<AtomicBool>,
    events: Arc<Mutex<Vec<Event>>>,
    stay: JoinHandle<Result<Ended, Error>>,
}

pub fn insert(slot: &Slot, answer: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static) -> Inserted {
    let session = Session::connect(&slot.address(), LONG).expect("the reader listens");
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let events = Arc::new(Mutex::new(Vec::new()));
    let diary = Arc::clone(&events);
    let note = move |event| diary.lock().unwrap().push(event);
    let stay = thread::spawn(move || session.serve_with(&mut Toy(answer), &flag, note));
    Inserted { stop, events, stay }
}

impl Inserted {
    /// What happened to the card so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    pub fn pull(self) -> Ended {
        self.stop.store(true, Ordering::Relaxed);
        self.wait()
    }

    pub fn wait(self) -> Ended {
        self.stay.join().unwrap().expect("the reader speaks in frames")
    }
}

/// A card that is honest until the first command, and then writes these bytes as they are and is pulled.
pub fn insert_liar(slot: &Slot, bytes: &'static [u8]) -> JoinHandle<()> {
    let mut reader = TcpStream::connect(slot.address()).unwrap();
    reader.set_nodelay(true).unwrap();
    thread::spawn(move || {
        while let Some(message) = receive(&mut reader) {
            match message[..] {
                [0x04] => reader.write_all(&[&[0x00, 0x05][..], &ATR].concat()).unwrap(),
                [_] => {}
                _ => return reader.write_all(bytes).unwrap(),
            }
        }
    })
}

fn receive(reader: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    reader.read_exact(&mut length).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut message).ok()?;
    Some(message)
}

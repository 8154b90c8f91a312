use std::{net::TcpListener, sync::Arc, thread::JoinHandle};

use super::*;

/// Answers with the command's own length; `FF` pulls it out; counts what else happens to it.
#[derive(Default)]
struct Toy {
    seen: Vec<&'static str>,
    delay: Duration,
}

impl CardSide for Toy {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    fn power_on(&mut self) {
        self.seen.push("on");
    }

    fn power_off(&mut self) {
        self.seen.push("off");
    }

    fn reset(&mut self) {
        self.seen.push("reset");
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        if command[0] == 0xFF {
            return Vec::new();
        }
        vec![u8::try_from(command.len()).unwrap(), 0x90, 0x00]
    }

    fn delay(&mut self) -> Duration {
        self.delay
    }
}

/// A reader of our own, so that these tests need no PC/SC service.
struct Stay {
    reader: TcpStream,
    stop: Arc<AtomicBool>,
    card: JoinHandle<(Result<Ended, Error>, Toy, Vec<Event>)>,
}

fn insert(mut toy: Toy) -> Stay {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let card = thread::spawn(move || {
        let session = Session::connect(&address, Duration::from_secs(5)).unwrap();
        let mut events = Vec::new();
        let ended = session.serve_with(&mut toy, &flag, |event| events.push(event));
        (ended, toy, events)
    });
    let (reader, _) = listener.accept().unwrap();
    Stay { reader, stop, card }
}

impl Stay {
    fn say(&mut self, frame: &[u8]) {
        self.reader.write_all(frame).unwrap();
    }

    fn hear<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn end(self) -> (Result<Ended, Error>, Toy, Vec<Event>) {
        self.card.join().unwrap()
    }
}

#[test]
fn a_card_answers_what_must_be_answered_and_nothing_else() {
    let mut stay = insert(Toy::default());
    stay.say(&[0, 1, 4]);
    assert_eq!(stay.hear(), [0, 5, 0x3B, 0x80, 0x80, 0x01, 0x01]);
    stay.say(&[0, 1, 1, 0, 1, 2, 0, 1, 0]);
    stay.say(&[0, 4, 0, 0xA4, 0, 0, 0, 5, 0, 0xB0, 0, 0, 0]);
    assert_eq!(stay.hear(), [0, 3, 4, 0x90, 0, 0, 3, 5, 0x90, 0]);
    drop(stay.reader.shutdown(std::net::Shutdown::Write));
    let (ended, toy, events) = stay.end();
    assert_eq!(ended, Ok(Ended::ReaderClosed));
    assert_eq!(toy.seen, ["on", "reset", "off"]);
    assert_eq!(
        events,
        [Event::Inserted, Event::PoweredOn, Event::Reset, Event::PoweredOff]
    );
}

#[test]
fn a_stop_ends_an_idle_stay_and_one_that_holds_back_an_answer() {
    let stay = insert(Toy::default());
    stay.stop.store(true, Ordering::Relaxed);
    assert_eq!(stay.end().0, Ok(Ended::Stopped));

    let mut slow = insert(Toy {
        delay: Duration::from_secs(3_600),
        ..Toy::default()
    });
    slow.say(&[0, 4, 0, 0xA4, 0, 0]);
    thread::sleep(Duration::from_millis(50));
    slow.stop.store(true, Ordering::Relaxed);
    assert_eq!(slow.end().0, Ok(Ended::Stopped));
}

#[test]
fn an_answer_without_a_status_word_pulls_the_card_instead_of_sending_an_empty_frame() {
    let mut stay = insert(Toy::default());
    stay.say(&[0, 4, 0xFF, 0, 0, 0]);
    let mut rest = Vec::new();
    stay.reader.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty());
    assert_eq!(stay.end().0, Ok(Ended::CardLeft));
}

#[test]
fn a_reader_that_sends_no_frames_is_refused() {
    let mut stay = insert(Toy::default());
    stay.say(&[0, 0]);
    assert!(matches!(stay.end().0, Err(Error::Malformed(_))));
}

#[test]
fn an_address_where_nobody_listens_is_named() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let error = Session::connect(&free, Duration::from_secs(1)).unwrap_err();
    assert_eq!(
        error,
        Error::Unreachable {
            address: free,
            kind: io::ErrorKind::ConnectionRefused
        }
    );
    assert!(Session::connect("nonsense", Duration::from_secs(1)).is_err());
}

//! A plan in words: no secret, one line for each step.

use std::fmt;

use super::{Expected, KeyName, Plan, StepKind};

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identify => f.write_str("identify the chip"),
            Self::OpenChannel { level } => write!(f, "open the secure channel SCP03, level {level:02X}"),
            Self::OpenAccess => f.write_str("open by Basic Access Control"),
            Self::SelectMasterFile => f.write_str("select the master file"),
            Self::SelectApplication => f.write_str("select the application"),
            Self::RemoveFile { file } => write!(f, "remove {file}"),
            Self::CreateFile { file, size } => write!(f, "create {file} ({size} bytes)"),
            Self::SelectFile { file } => write!(f, "select {file}"),
            Self::WriteFile { file, offset, len } => write!(f, "write {file} from {offset} ({len} bytes)"),
            Self::ReadBack { file } => write!(f, "read back {file}"),
            Self::PutKey { key } => write!(f, "store {key}"),
            Self::Activate => f.write_str("activate"),
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Can => "the card access number",
            Self::MrzInformation => "the MRZ information",
            Self::Pin => "the PIN",
            Self::Puk => "the PUK",
            Self::ChipAuthenticationMapping => "the key of Chip Authentication Mapping",
            Self::ChipAuthentication => "the Chip Authentication key",
            Self::TrustPoints => "the trust point of Terminal Authentication",
            Self::ActiveAuthentication => "the Active Authentication key",
        })
    }
}

impl fmt::Display for Plan {
    /// Writes one line for each step: its number, the header and the data length of its commands, what it does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.files.iter().map(|file| file.bytes).sum();
        writeln!(
            f,
            "plan for {}: {} files, {bytes} bytes, {} steps, {} commands",
            self.profile,
            self.files.len(),
            self.steps.len(),
            self.command_count()
        )?;
        for (i, step) in self.steps.iter().enumerate() {
            let Some(last) = step.exchanges.last().map(|e| &e.command) else {
                writeln!(f, "{i:4}  {:20}{}", "", step.kind)?;
                continue;
            };
            let (cla, ins, p1, p2) = (last.cla(), last.ins(), last.p1(), last.p2());
            write!(f, "{i:4}  {cla:02X}{ins:02X}{p1:02X}{p2:02X} ")?;
            match (step.exchanges.len(), last.data().len()) {
                (1, 0) => write!(f, "{:10}", "")?,
                (1, len) => write!(f, "{:10}", format!("[{len}]"))?,
                (count, _) => write!(f, "{:10}", format!("x{count}"))?,
            }
            writeln!(f, "{}", step.kind)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(words) => write!(f, "Status({words:?})"),
            Self::Data(bytes) => write!(f, "Data({} bytes)", bytes.len()),
            Self::Identity => f.write_str("Identity"),
        }
    }
}

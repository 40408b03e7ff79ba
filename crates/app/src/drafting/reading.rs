//! Reading a notice into a draft: it waits for its turn, is read, and the draft is written with its
//! link in one transaction. Whoever goes away ends it.

use ::draft::{Budget, Naming, ReadError, Stop, Work};
use bytes::Bytes;
use chrono::Datelike;
use domain::id::{BodyId, DraftId};
use store::draft::{DraftLine, DraftRow};
use tokio::sync::oneshot;

use super::home_of;
use super::list::TEXT_CHARS_MAX;
use super::queue::{Ended, Full, Phase, READ_AT_ONCE, Reading, Readings, WAITING_MAX};
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;

/// Longest file name that is kept, in characters.
pub(super) const NAME_LONGEST: usize = 80;

/// What came of sending a notice.
#[derive(Debug)]
pub enum Begun {
    /// It stands in the queue.
    New(Ticket),
    /// The same form sent it before, and it is still in the queue.
    Before,
}

/// A place in the queue. Dropping it ends the reading.
#[derive(Debug)]
pub struct Ticket {
    readings: Readings,
    reading: Reading,
    result: oneshot::Receiver<Result<DraftId>>,
    is_handed_on: bool,
}

impl Ticket {
    /// Waits until it has ended.
    pub async fn ended(&mut self) -> Result<DraftId> {
        match (&mut self.result).await {
            Ok(result) => result,
            Err(gone) => Err(Error::Internal(Box::new(gone))),
        }
    }

    /// Waits no longer: from now on the reading goes on as long as somebody asks for it.
    pub fn hand_on(mut self, now: i64) -> Watch {
        self.is_handed_on = true;
        self.readings.hand_on(self.reading.n, now);
        Watch {
            readings: self.readings.clone(),
            n: self.reading.n,
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.is_handed_on {
            self.reading.give_up();
        }
    }
}

/// A reading that goes on without the request that sent it.
#[derive(Debug)]
pub struct Watch {
    readings: Readings,
    n: u64,
}

impl Watch {
    /// Gives up what nobody asks for; whether this one goes on.
    pub fn sweep(&self, now: i64) -> bool {
        self.readings.sweep(now);
        self.readings.is_open(self.n)
    }
}

/// How far somebody's reading is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is none.
    None,
    /// It waits; so many stand before it.
    Waiting {
        /// Name of the file.
        name: String,
        /// How many are read before it.
        before: usize,
    },
    /// It is read.
    Running {
        /// Name of the file.
        name: String,
    },
    /// A draft was made of it.
    Drafted(DraftId),
    /// It ended without one: why, and what to do.
    Not {
        /// Name of the file.
        name: String,
        /// The sentence.
        sentence: String,
    },
}

/// Puts a notice into the queue. `name` is the file's.
pub fn begin(ctx: &Ctx, name: &str, bytes: impl Into<Bytes>) -> Result<Begun> {
    ctx.writable()?;
    let home = home_of(ctx)?;
    let person = ctx.who()?.person;
    let name = crate::file::named(name, NAME_LONGEST)?.to_owned();
    let readings = ctx.app.readings.clone();
    readings.sweep(ctx.now);
    let reading = match readings.enter(person, &name, ctx.once.as_deref()) {
        Ok(reading) => reading,
        Err(Full::Same) => return Ok(Begun::Before),
        Err(full) => return Err(FieldErrors::one("file", refusal(full))),
    };
    let (send, result) = oneshot::channel();
    let job = Job {
        ctx: ctx.clone(),
        home,
        reading: reading.clone(),
    };
    tokio::spawn(job.run(bytes.into(), send));
    Ok(Begun::New(Ticket {
        readings,
        reading,
        result,
        is_handed_on: false,
    }))
}

fn refusal(full: Full) -> String {
    match full {
        Full::Own | Full::Same => {
            "您还有一个文件正在读取，这一个没有读入。请等它读完，或取消后再上传。".to_owned()
        }
        Full::All => format!(
            "正在读取和等候的文件已有 {} 个，这一个没有读入。请过几分钟再上传。",
            READ_AT_ONCE + WAITING_MAX
        ),
    }
}

/// Reads a notice and waits for it.
pub async fn open(ctx: &Ctx, name: &str, bytes: impl Into<Bytes>) -> Result<DraftId> {
    match begin(ctx, name, bytes)? {
        Begun::New(mut ticket) => ticket.ended().await,
        Begun::Before => Err(FieldErrors::one("file", refusal(Full::Same))),
    }
}

/// How far the reading of whoever asks is; asking keeps it in the queue.
pub fn progress(ctx: &Ctx) -> Result<Progress> {
    home_of(ctx)?;
    let readings = &ctx.app.readings;
    readings.sweep(ctx.now);
    let Some((own, before)) = readings.of(ctx.who()?.person, ctx.now) else {
        return Ok(Progress::None);
    };
    let name = own.name;
    Ok(match own.phase {
        Phase::Waiting => Progress::Waiting { name, before },
        Phase::Running => Progress::Running { name },
        Phase::Ended(Ended::Drafted(id)) => Progress::Drafted(id),
        Phase::Ended(Ended::Not(sentence)) => Progress::Not { name, sentence },
    })
}

/// Ends the reading of whoever asks, if there is one: nothing was written yet.
pub fn cancel(ctx: &Ctx) -> Result<()> {
    home_of(ctx)?;
    if let Some((own, _)) = ctx.app.readings.of(ctx.who()?.person, ctx.now) {
        own.give_up();
    }
    Ok(())
}

/// A reading with what it needs.
struct Job {
    ctx: Ctx,
    home: BodyId,
    reading: Reading,
}

impl Job {
    async fn run(self, bytes: Bytes, send: oneshot::Sender<Result<DraftId>>) {
        let result = self.drafted(bytes).await;
        let ended = match &result {
            Ok(id) => Ended::Drafted(*id),
            Err(why) => Ended::Not(why.sentence()),
        };
        self.ctx.app.readings.end(&self.reading, ended);
        // Nobody waits any more who would make a page of it, and log it.
        if let Err(Err(Error::Internal(why))) = send.send(result) {
            tracing::error!(why = %why, "a notice could not be drafted");
        }
    }

    async fn drafted(&self, bytes: Bytes) -> Result<DraftId> {
        let turn = self.ctx.app.readings.turn(&self.reading).await;
        let turn = turn.ok_or_else(|| wrong(&ReadError::Stopped))?;
        let id = DraftId::new(self.ctx.ids.next(self.ctx.now));
        let naming = Naming {
            id: format!(
                "notice-{}-{}",
                self.ctx.today.year(),
                // The last digits of the identity: drafts of one day are told apart.
                id.to_string().chars().rev().take(6).collect::<String>()
            ),
            source: self.reading.name.clone(),
            otherwise: self.ctx.today,
        };
        let stop = self.reading.stop.clone();
        // The turn goes with the thread: the next begins when it has ended, not when it was left.
        let read = tokio::task::spawn_blocking(move || {
            let read = read(&bytes, &naming, &stop);
            drop(turn);
            read
        });
        let (text, work) = read.await.map_err(|e| Error::Internal(Box::new(e)))??;
        if self.reading.stop.is_stopped() {
            return Err(wrong(&ReadError::Stopped));
        }
        self.write(id, text, work).await
    }

    /// The draft and its link, in one transaction.
    async fn write(&self, id: DraftId, text: String, work: Work) -> Result<DraftId> {
        let (ctx, home) = (&self.ctx, self.home);
        let row = DraftRow {
            line: DraftLine {
                id,
                home,
                name: self.reading.name.clone(),
                title: String::new(),
                undecided: 0,
                elements: 0,
                closed: false,
                made: None,
                opened_by: Some(ctx.who()?.person),
                opened_at: 0,
                changed_at: 0,
                version: 0,
            },
            text,
            work: String::new(),
        };
        let row = super::row_of(super::Loaded { row, work })?;
        ctx.write(Verb::DraftOpen, id.to_string(), async |tx| {
            store::draft::draft_insert(tx, &row).await?;
            Ok(id)
        })
        .await
    }
}

fn wrong(why: &ReadError) -> Error {
    FieldErrors::one("file", format!("{why}。"))
}

fn read(bytes: &[u8], naming: &Naming, stop: &Stop) -> Result<(String, Work)> {
    let source = ::draft::read(bytes, stop).map_err(|why| wrong(&why))?;
    let chars = source.text.chars().count();
    if chars > TEXT_CHARS_MAX {
        return Err(FieldErrors::one(
            "file",
            format!("这个文件有 {chars} 字，网页上最多起草 {TEXT_CHARS_MAX} 字。请分成几个文件。"),
        ));
    }
    let budget = Budget::of(&source.text, stop);
    let drafted = ::draft::draft(&source.text, &budget).map_err(|why| wrong(&why))?;
    let work = ::draft::propose(&drafted, naming, &budget).map_err(|why| wrong(&why))?;
    Ok((source.text, work))
}

//! The room that uploads take in memory: bounded for all, and one upload at a time for each person.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use domain::id::PersonId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ROOM_BYTES;
use crate::error::Trouble;

/// Bytes that one permit stands for.
const PERMIT_BYTES: usize = 1024;
/// What the smallest upload is counted as, in bytes, so that their number is bounded too.
const UPLOAD_BYTES_MIN: usize = 1024 * 1024;

/// Shared by all requests.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    permits: Arc<Semaphore>,
    people: Arc<Mutex<HashSet<PersonId>>>,
}

/// Room that an upload takes, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    person: PersonId,
    people: Arc<Mutex<HashSet<PersonId>>>,
    _permits: OwnedSemaphorePermit,
}

impl Room {
    /// All of it.
    pub(crate) fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(ROOM_BYTES / PERMIT_BYTES)),
            people: Arc::default(),
        }
    }

    /// Takes room for an upload of so many bytes, or says that there is none now.
    pub(crate) fn take(&self, person: PersonId, bytes: usize) -> Result<Taken, Trouble> {
        let bytes = bytes.clamp(UPLOAD_BYTES_MIN, ROOM_BYTES);
        let permits = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX);
        let permits = Arc::clone(&self.permits).try_acquire_many_owned(permits);
        let permits = permits.map_err(|_| {
            busy("现在上传文件的人较多，文件没有读入，已有内容没有丢失。请过半分钟再选择文件上传。")
        })?;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if !people.insert(person) {
            return Err(busy(
                "您还有一次上传没有传完，这一次没有读入。请等它传完，再选择文件上传。",
            ));
        }
        Ok(Taken {
            person,
            people: Arc::clone(&self.people),
            _permits: permits,
        })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.remove(&self.person);
    }
}

fn busy(sentence: &str) -> Trouble {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Trouble::new(status, app::Code::UploadBusy, "请稍后再上传", sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: usize) -> PersonId {
        format!("person_{n:032x}").parse().expect("an id")
    }

    #[test]
    fn all_uploads_share_one_room_and_it_comes_back() {
        let room = Room::new();
        let first = room.take(person(1), ROOM_BYTES).expect("there is room");
        let why = room.take(person(2), 1).expect_err("there is none left");
        assert_eq!(why.status, StatusCode::SERVICE_UNAVAILABLE);
        drop(first);
        let _second = room.take(person(2), 1).expect("it came back");
        let why = room.take(person(2), 1).expect_err("one at a time");
        assert!(why.sentence.contains("您还有一次上传没有传完"));
    }

    #[test]
    fn the_number_of_uploads_is_bounded_however_small_they_are() {
        let room = Room::new();
        let most = ROOM_BYTES / UPLOAD_BYTES_MIN;
        let all: Vec<Taken> = (0..most)
            .map(|n| room.take(person(n), 10).expect("there is room"))
            .collect();
        assert!(room.take(person(most), 10).is_err());
        drop(all);
        assert!(room.take(person(most), 10).is_ok());
    }
}

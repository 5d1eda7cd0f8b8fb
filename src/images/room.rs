//! Room in memory, which whoever works at the same time shares.

use std::sync::{Condvar, Mutex};

/// So much room, of which each takes a part for a while: a counting semaphore.
pub(super) struct Room {
    free: Mutex<u64>,
    freed: Condvar,
}

/// A part of a room, taken until it is dropped.
pub(super) struct Part<'r> {
    room: &'r Room,
    size: u64,
}

impl Room {
    pub(super) const fn new(size: u64) -> Room {
        Room { free: Mutex::new(size), freed: Condvar::new() }
    }

    /// Waits until so much is free, and takes it. Whoever holds a part must not wait for others who want one.
    pub(super) fn take(&self, size: u64) -> Part<'_> {
        let free = self.free.lock().expect("no holder panics");
        let mut free = self.freed.wait_while(free, |free| *free < size).expect("no holder panics");
        *free -= size;
        Part { room: self, size }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        *self.room.free.lock().expect("no holder panics") += self.size;
        self.room.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn no_more_is_taken_than_there_is() {
        let (room, taken, done) = (Room::new(10), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for size in [1, 3, 4, 6, 10] {
                let (room, taken, done) = (&room, &taken, &done);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let part = room.take(size);
                        assert!(taken.fetch_add(size, Ordering::SeqCst) + size <= 10);
                        std::thread::yield_now();
                        taken.fetch_sub(size, Ordering::SeqCst);
                        drop(part);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(done.into_inner(), 5 * 200);
        assert_eq!(room.free.into_inner().unwrap(), 10);
    }
}

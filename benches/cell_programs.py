"""The programs of cells.py, by name. `SEED` is a constant that stands above each."""

STD = {
    "spawn": """
use std::thread;
fn main() {
    let handles: Vec<_> = (0..4).map(|n| thread::spawn(move || n * SEED)).collect();
    println!("{}", handles.into_iter().map(|handle| handle.join().unwrap()).sum::<u64>());
}
""",
    "scope": """
use std::thread;
fn main() {
    let numbers: Vec<u64> = (SEED..SEED + 1000).collect();
    let sum: u64 = thread::scope(|scope| {
        let parts: Vec<_> = numbers.chunks(250).map(|part| scope.spawn(move || part.iter().sum::<u64>())).collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    println!("{sum}");
}
""",
    "channel": """
use std::{sync::mpsc, thread};
fn main() {
    let (sender, receiver) = mpsc::channel();
    for worker in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || (0..10).for_each(|n| sender.send(worker * n + SEED).unwrap()));
    }
    drop(sender);
    println!("{}", receiver.iter().sum::<u64>());
}
""",
    "rendezvous": """
use std::{sync::mpsc::sync_channel, thread};
fn main() {
    let (ping, pings) = sync_channel::<u64>(0);
    let (pong, pongs) = sync_channel::<u64>(0);
    thread::spawn(move || pings.iter().for_each(|n| pong.send(n + 1).unwrap()));
    let last = (0..20).fold(SEED, |n, _| { ping.send(n).unwrap(); pongs.recv().unwrap() });
    println!("{last}");
}
""",
    "mutex": """
use std::{sync::{Arc, Mutex}, thread};
fn main() {
    let total = Arc::new(Mutex::new(SEED));
    let add = |total: Arc<Mutex<u64>>| thread::spawn(move || (0..1000).for_each(|_| *total.lock().unwrap() += 1));
    let handles: Vec<_> = (0..4).map(|_| add(total.clone())).collect();
    handles.into_iter().for_each(|handle| handle.join().unwrap());
    println!("{}", total.lock().unwrap());
}
""",
    "rwlock": """
use std::{collections::HashMap, sync::RwLock, thread};
fn main() {
    let names = RwLock::new(HashMap::from([("seed".to_owned(), SEED)]));
    thread::scope(|scope| {
        scope.spawn(|| names.write().unwrap().insert("other".to_owned(), 1));
        (0..3).for_each(|_| { scope.spawn(|| names.read().unwrap().get("seed").copied()); });
    });
    println!("{:?}", names.into_inner().unwrap().len());
}
""",
    "counter": """
use std::{sync::atomic::{AtomicU64, Ordering::Relaxed}, thread};
static HITS: AtomicU64 = AtomicU64::new(SEED);
fn main() {
    thread::scope(|scope| (0..4).for_each(|_| {
        scope.spawn(|| (0..1000).for_each(|_| { HITS.fetch_add(1, Relaxed); }));
    }));
    println!("{}", HITS.load(Relaxed));
}
""",
    "publish": """
use std::{hint, sync::atomic::{AtomicBool, AtomicU64, Ordering::{Acquire, Relaxed, Release}}, thread};
static READY: AtomicBool = AtomicBool::new(false);
static VALUE: AtomicU64 = AtomicU64::new(0);
fn main() {
    let reader = thread::spawn(|| {
        while !READY.load(Acquire) { thread::yield_now(); }
        VALUE.load(Relaxed)
    });
    VALUE.store(SEED + 42, Relaxed);
    READY.store(true, Release);
    println!("{}", reader.join().unwrap());
}
""",
    "barrier": """
use std::{sync::Barrier, thread};
fn main() {
    let barrier = Barrier::new(4);
    let leaders = thread::scope(|scope| {
        let waits: Vec<_> = (0..4).map(|_| scope.spawn(|| barrier.wait().is_leader())).collect();
        waits.into_iter().map(|wait| wait.join().unwrap()).filter(|leads| *leads).count()
    });
    println!("{leaders} {SEED}");
}
""",
    "condvar": """
use std::{collections::VecDeque, sync::{Condvar, Mutex}, thread};
fn main() {
    let (queue, filled) = (Mutex::new(VecDeque::new()), Condvar::new());
    let sum: u64 = thread::scope(|scope| {
        let taker = scope.spawn(|| (0..10).map(|_| {
            let items = filled.wait_while(queue.lock().unwrap(), |items: &mut VecDeque<u64>| items.is_empty());
            items.unwrap().pop_front().unwrap()
        }).sum());
        (0..10).for_each(|n| { queue.lock().unwrap().push_back(n + SEED); filled.notify_one(); });
        taker.join().unwrap()
    });
    println!("{sum}");
}
""",
    "once": """
use std::{sync::OnceLock, thread};
static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
fn main() {
    let look = || TABLE.get_or_init(|| (0..100).map(|n| n * n + SEED).collect())[10];
    let answers: Vec<u64> = thread::scope(|scope| {
        let looks: Vec<_> = (0..3).map(|_| scope.spawn(look)).collect();
        looks.into_iter().map(|look| look.join().unwrap()).collect()
    });
    println!("{answers:?}");
}
""",
    "local": """
use std::{cell::RefCell, thread};
thread_local! { static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) }; }
fn main() {
    let push = |n: u64| SEEN.with_borrow_mut(|seen| { seen.push(n + SEED); seen.len() });
    let other = thread::spawn(move || push(1) + push(2)).join().unwrap();
    println!("{other} {}", push(3));
}
""",
    "park": """
use std::{sync::atomic::{AtomicBool, Ordering::SeqCst}, thread};
static OPEN: AtomicBool = AtomicBool::new(false);
fn main() {
    let sleeper = thread::spawn(|| { while !OPEN.load(SeqCst) { thread::park(); } SEED });
    OPEN.store(true, SeqCst);
    sleeper.thread().unpark();
    println!("{}", sleeper.join().unwrap());
}
""",
    "panics": """
use std::{panic, sync::{Arc, Mutex}, thread};
fn main() {
    panic::set_hook(Box::new(|_| ()));
    let shared = Arc::new(Mutex::new(SEED));
    let copy = Arc::clone(&shared);
    let ended = thread::spawn(move || { let _held = copy.lock().unwrap(); panic!("with the lock") }).join();
    println!("{} {}", ended.is_err(), shared.lock().is_err());
}
""",
    "words": """
use std::{collections::BTreeMap, thread};
fn count(text: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    text.split_whitespace().for_each(|word| *counts.entry(word.to_lowercase()).or_insert(SEED) += 1);
    counts
}
fn main() {
    let texts = ["to be or not to be", "that is the question", "to die to sleep"];
    let counted: Vec<_> = texts.map(|text| thread::spawn(move || count(text))).into_iter().map(|t| t.join().unwrap()).collect();
    println!("{counted:?}");
}
""",
    "sieve": """
use std::thread;
fn primes(from: u64, to: u64) -> usize {
    (from..to).filter(|n| *n > 1 && (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0)).count()
}
fn main() {
    let parts = [(0, 500), (500, 1000), (1000, 1500)];
    let found = parts.map(|(from, to)| thread::spawn(move || primes(from + SEED, to + SEED)));
    println!("{:?}", found.map(|part| part.join().unwrap()));
}
""",
    "pool": """
use std::{sync::{Arc, Mutex, mpsc}, thread};
type Job = Box<dyn FnOnce() -> u64 + Send>;
fn main() {
    let (jobs, queue) = mpsc::channel::<Job>();
    let (done, results) = mpsc::channel();
    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..3 {
        let (queue, done) = (Arc::clone(&queue), done.clone());
        thread::spawn(move || loop {
            let job = queue.lock().unwrap().recv();
            let Ok(job) = job else { break };
            done.send(job()).unwrap();
        });
    }
    drop(done);
    (0..20).for_each(|n| jobs.send(Box::new(move || n * n + SEED)).unwrap());
    drop(jobs);
    let mut squares: Vec<u64> = results.iter().collect();
    squares.sort_unstable();
    println!("{squares:?}");
}
""",
    "exchange": """
use std::{sync::atomic::{AtomicU64, Ordering::{AcqRel, Acquire}}, thread};
fn raise(highest: &AtomicU64, to: u64) {
    let mut seen = highest.load(Acquire);
    while to > seen {
        match highest.compare_exchange_weak(seen, to, AcqRel, Acquire) { Ok(_) => break, Err(now) => seen = now }
    }
}
fn main() {
    let highest = &AtomicU64::new(SEED);
    thread::scope(|scope| (0..4).for_each(|n| { scope.spawn(move || raise(highest, SEED + n)); }));
    println!("{}", highest.load(Acquire));
}
""",
    "sort": """
use std::thread;
fn sort(mut numbers: Vec<u64>) -> Vec<u64> {
    if numbers.len() < 64 { numbers.sort_unstable(); return numbers; }
    let right = numbers.split_off(numbers.len() / 2);
    let (left, right) = thread::scope(|scope| {
        let left = scope.spawn(|| sort(numbers));
        let right = sort(right);
        (left.join().unwrap(), right)
    });
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    std::iter::from_fn(|| match (left.peek(), right.peek()) {
        (Some(l), Some(r)) if l > r => right.next(),
        (Some(_), _) => left.next(),
        _ => right.next(),
    }).collect()
}
fn main() {
    let numbers = (0..500).scan(SEED + 7, |x, _| { *x = x.wrapping_mul(6364136223846793005).wrapping_add(1); Some(*x >> 40) });
    println!("{}", sort(numbers.collect()).is_sorted());
}
""",
    "deadline": """
use std::{sync::mpsc::{self, RecvTimeoutError}, thread, time::Duration};
fn main() {
    let (sender, receiver) = mpsc::channel::<String>();
    let late = receiver.recv_timeout(Duration::from_millis(1));
    let writer = thread::spawn(move || sender.send(format!("hello {SEED}")));
    println!("{} {:?}", late == Err(RecvTimeoutError::Timeout), receiver.recv());
    println!("{:?}", writer.join().unwrap());
}
""",
}

TOKIO = {
    "tasks": """
#[tokio::main]
async fn main() {
    let tasks: Vec<_> = (0..8u64).map(|n| tokio::spawn(async move { n * n + SEED })).collect();
    let mut sum = 0;
    for task in tasks { sum += task.await.unwrap(); }
    println!("{sum}");
}
""",
    "asks": """
use tokio::sync::{mpsc, oneshot};
#[tokio::main]
async fn main() {
    let (ask, mut asked) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(4);
    tokio::spawn(async move { while let Some((n, answer)) = asked.recv().await { answer.send(n + SEED).unwrap(); } });
    for n in 0..3 {
        let (answer, answered) = oneshot::channel();
        ask.send((n, answer)).await.unwrap();
        println!("{}", answered.await.unwrap());
    }
}
""",
    "select": """
use std::time::Duration;
use tokio::time::{sleep, timeout};
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let first = tokio::select! { _ = sleep(Duration::from_millis(1)) => "fast", _ = sleep(Duration::from_secs(5)) => "slow" };
    let late = timeout(Duration::from_millis(1), std::future::pending::<u64>()).await;
    println!("{first} {} {SEED}", late.is_err());
}
""",
    "echo": """
use tokio::{io::{AsyncReadExt, AsyncWriteExt}, net::{TcpListener, TcpStream}};
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut read, mut write) = stream.split();
        tokio::io::copy(&mut read, &mut write).await.unwrap();
    });
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("echo {SEED}").as_bytes()).await?;
    stream.shutdown().await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    println!("{text}");
    Ok(())
}
""",
    "limits": """
use std::sync::Arc;
use tokio::{sync::{Mutex, Semaphore}, task::JoinSet};
#[tokio::main]
async fn main() {
    let (permits, done) = (Arc::new(Semaphore::new(2)), Arc::new(Mutex::new(Vec::new())));
    let mut tasks = JoinSet::new();
    for n in 0..6u64 {
        let (permits, done) = (permits.clone(), done.clone());
        tasks.spawn(async move {
            let _permit = permits.acquire().await.unwrap();
            tokio::task::yield_now().await;
            done.lock().await.push(n + SEED);
        });
    }
    while tasks.join_next().await.is_some() {}
    println!("{}", done.lock().await.iter().sum::<u64>());
}
""",
}

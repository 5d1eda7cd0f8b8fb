use std::collections::BTreeMap;
use std::iter;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use rayon::prelude::*;

use super::{Prepared, Program, Runner, RunnerError};
use crate::source::Hash;

/// A program that is to be prepared, by its number.
type Numbered<'p> = (usize, &'p Program);

/// A program whose packages are there, or cannot be had.
type Served<'p> = (Numbered<'p>, Result<(), RunnerError>);

/// What becomes of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is being prepared.
    Begins,
    /// It is prepared, or cannot be.
    Done,
}

/// Prepares programs, as many at once as there are processors, and calls `told` with the number of each at both of its steps. Gives
/// them with their numbers, in no order.
///
/// Each set of packages is provided once, beside all that. A program waits for its own packages and for nobody else's, and one
/// that fails costs the others nothing. Those that need packages take their turn as soon as they can: they take the longest, and
/// what takes long is best not begun last (Graham, *Bounds on multiprocessing timing anomalies*, 1969).
pub(super) fn prepare_all(
    programs: &[Numbered<'_>],
    runner: &dyn Runner,
    told: impl Fn(Step, usize) + Sync,
) -> Vec<(usize, Result<Prepared, RunnerError>)> {
    let digest = |(_, program): &Numbered<'_>| program.packages.as_ref().map(Hash::of);
    let mut sets: BTreeMap<Hash, Vec<Numbered<'_>>> = BTreeMap::new();
    let mut plain = Vec::new();
    for program in programs {
        match digest(program) {
            Some(digest) => sets.entry(digest).or_default().push(*program),
            None => plain.push((*program, Ok(()))),
        }
    }
    let prepare = |((at, program), served): Served<'_>| {
        told(Step::Begins, at);
        let prepared = served.and_then(|()| runner.prepare(program));
        told(Step::Done, at);
        (at, prepared)
    };
    thread::scope(|scope| {
        let (sender, served) = mpsc::channel();
        for members in sets.into_values() {
            let sender = sender.clone();
            scope.spawn(move || provide(&members, runner, &sender));
        }
        drop(sender);
        in_turn(served, plain).par_bridge().map(prepare).collect()
    })
}

/// What has arrived, before what is there already; waits for more only if nothing else is left.
fn in_turn<T>(arriving: Receiver<T>, there: Vec<T>) -> impl Iterator<Item = T> {
    let mut there = there.into_iter();
    iter::from_fn(move || arriving.try_recv().ok().or_else(|| there.next()).or_else(|| arriving.recv().ok()))
}

/// Gets the packages of some programs that need the same.
fn provide<'p>(members: &[Numbered<'p>], runner: &dyn Runner, served: &Sender<Served<'p>>) {
    let provided = members.first().map_or(Ok(()), |(_, program)| runner.provide(program));
    for member in members {
        // Nobody waits for them any more only if a thread has panicked.
        let _ = served.send((*member, provided.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use super::*;
    use crate::cells::{
        Batch, Dependencies, Limits, LockedPackages, Machine, Outcome, PackageManager, PackageSet, Plan, Profile,
    };

    fn program(code: &str, packages: Option<&str>) -> Program {
        let set = |language: &str| PackageSet {
            language: language.to_owned(),
            manager: PackageManager::Cargo,
            dependencies: Dependencies::default(),
            profile: Profile::Release,
            pins: BTreeMap::new(),
            rustflags: Vec::new(),
        };
        Program {
            runner: 0,
            file: "cell.rs".to_owned(),
            code: code.to_owned(),
            files: BTreeMap::new(),
            build: None,
            run: None,
            version: Vec::new(),
            resolve: BTreeMap::new(),
            tool_env: Vec::new(),
            pins: BTreeMap::new(),
            args: Vec::new(),
            env: BTreeMap::new(),
            stdin: String::new(),
            limits: Limits { time: 0, memory: 0, output: 0, processes: 0 },
            plan: Plan::Build,
            sweep: Vec::new(),
            timeline: false,
            thread_names: None,
            merge: false,
            net: None,
            dump: None,
            packages: packages.map(|language| LockedPackages { set: set(language), lock: None }),
            inputs: Vec::new(),
        }
    }

    /// Has no packages before so many programs are prepared; `broken` ones never.
    struct Slow {
        before: usize,
        provided: Mutex<Vec<String>>,
        prepared: Mutex<Vec<String>>,
        progress: Condvar,
    }

    impl Runner for Slow {
        fn here(&self, _: &Program) -> Option<Machine> {
            None
        }

        fn lock(&self, _: &PackageSet) -> Result<String, RunnerError> {
            Ok(String::new())
        }

        fn provide(&self, program: &Program) -> Result<(), RunnerError> {
            let language = program.packages.as_ref().unwrap().set.language.clone();
            self.provided.lock().unwrap().push(language.clone());
            let prepared = self.prepared.lock().unwrap();
            drop(self.progress.wait_while(prepared, |prepared| prepared.len() < self.before).unwrap());
            if language == "broken" { Err(RunnerError::Failed("no network".to_owned())) } else { Ok(()) }
        }

        fn prepare(&self, program: &Program) -> Result<Prepared, RunnerError> {
            self.prepared.lock().unwrap().push(program.code.clone());
            self.progress.notify_all();
            if program.code == "missing" {
                return Err(RunnerError::Missing("tool".to_owned()));
            }
            Ok(Prepared { folder: None, build: None, packages: None })
        }

        fn execute(&self, _: Batch<'_>) -> Vec<Result<Outcome, RunnerError>> {
            Vec::new()
        }
    }

    #[test]
    fn nobody_waits_for_packages_of_others_and_each_set_is_provided_once() {
        let programs = [
            program("a", Some("slow")),
            program("b", Some("broken")),
            program("c", Some("broken")),
            program("d", Some("slow")),
            program("missing", None),
            program("e", None),
            program("f", None),
        ];
        let numbered: Vec<Numbered<'_>> = programs.iter().enumerate().collect();
        let slow = Slow { before: 3, provided: Mutex::default(), prepared: Mutex::default(), progress: Condvar::new() };
        let told = Mutex::new(Vec::new());
        let mut prepared =
            prepare_all(&numbered, &slow, |step, at| told.lock().unwrap().push((at, step == Step::Done)));
        prepared.sort_by_key(|(at, _)| *at);
        let errors: Vec<Option<RunnerError>> = prepared.into_iter().map(|(_, prepared)| prepared.err()).collect();
        let (broken, missing) = (RunnerError::Failed("no network".into()), RunnerError::Missing("tool".into()));
        assert_eq!(errors, [None, Some(broken.clone()), Some(broken), None, Some(missing), None, None]);
        for (mut found, expected) in [
            (slow.provided.into_inner().unwrap(), vec!["broken", "slow"]),
            (slow.prepared.into_inner().unwrap(), vec!["a", "d", "e", "f", "missing"]),
        ] {
            found.sort();
            assert_eq!(found, expected);
        }
        let mut told = told.into_inner().unwrap();
        told.sort_unstable();
        assert_eq!(told, (0..7).flat_map(|at| [(at, false), (at, true)]).collect::<Vec<_>>());
    }

    #[test]
    fn what_arrives_comes_before_what_is_there() {
        let (sender, arriving) = mpsc::channel();
        let mut turns = in_turn(arriving, vec![1, 2, 3]);
        assert_eq!(turns.next(), Some(1));
        sender.send(10).unwrap();
        sender.send(11).unwrap();
        assert_eq!(turns.by_ref().take(3).collect::<Vec<_>>(), [10, 11, 2]);
        sender.send(12).unwrap();
        drop(sender);
        assert_eq!(turns.collect::<Vec<_>>(), [12, 3]);
    }
}

#![expect(clippy::disallowed_methods, reason = "the folders to watch are listed here")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify_debouncer_full::notify::{self, EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

/// How long a file must have been left alone: editors save in several steps.
const SETTLED: Duration = Duration::from_millis(10);

/// Folders in the root that are large, change often and hold no source.
const IGNORED: [&str; 3] = ["results", "target", "node_modules"];

/// The files of a site, watched. Only the folders that matter are, since each costs the system something.
pub(super) struct Watch {
    scope: Scope,
    /// Why changes may go unnoticed.
    pub(super) troubles: Vec<String>,
    debouncer: Option<Debouncer<RecommendedWatcher, RecommendedCache>>,
    changes: Receiver<DebounceEventResult>,
}

impl Watch {
    /// Begins to watch a folder. What cannot be watched is a trouble and no error: the site can be served all the same.
    pub(super) fn start(root: &Path, ignored: &[PathBuf]) -> Self {
        let (sender, changes) = mpsc::channel();
        let mut watch = Watch { scope: Scope::new(root, ignored), troubles: Vec::new(), debouncer: None, changes };
        match new_debouncer(SETTLED, None, sender) {
            Ok(debouncer) => watch.debouncer = Some(debouncer),
            Err(error) => watch.troubles.push(format!("changes cannot be watched: {error}")),
        }
        let root = watch.scope.root.clone();
        watch.add(&root, RecursiveMode::NonRecursive);
        for entry in std::fs::read_dir(&root).into_iter().flatten().flatten() {
            watch.add_folder(&entry.path());
        }
        watch
    }

    /// Waits for changes and gives the files, relative to the root. Nothing once no more can come.
    pub(super) fn next(&mut self) -> Option<BTreeSet<String>> {
        loop {
            let mut files = BTreeSet::new();
            let first = self.changes.recv().ok()?;
            let further: Vec<DebounceEventResult> = self.changes.try_iter().collect();
            for result in std::iter::once(first).chain(further) {
                self.take(result, &mut files);
            }
            if !files.is_empty() {
                return Some(files);
            }
        }
    }

    fn take(&mut self, result: DebounceEventResult, files: &mut BTreeSet<String>) {
        match result {
            Ok(events) => {
                for event in events {
                    if event.need_rescan() {
                        files.insert("files that the system could not name".to_owned());
                    }
                    // Reading is an event too, and a build reads.
                    if matches!(event.kind, EventKind::Access(_)) {
                        continue;
                    }
                    for path in &event.paths {
                        self.add_folder(path);
                        files.extend(self.scope.name(path));
                    }
                }
            }
            Err(errors) => self.troubles.extend(errors.iter().map(|error| format!("a change was missed: {error}"))),
        }
    }

    /// Watches a folder of the root and all in it.
    fn add_folder(&mut self, path: &Path) {
        if path.parent() == Some(&self.scope.root) && self.scope.name(path).is_some() && path.is_dir() {
            self.add(path, RecursiveMode::Recursive);
        }
    }

    fn add(&mut self, path: &Path, mode: RecursiveMode) {
        let Some(debouncer) = &mut self.debouncer else { return };
        if let Err(error) = debouncer.watch(path, mode) {
            let help = match error.kind {
                notify::ErrorKind::MaxFilesWatch => " (on Linux, raise the sysctl `fs.inotify.max_user_watches`)",
                _ => "",
            };
            self.troubles.push(format!("{} cannot be watched: {error}{help}", path.display()));
        }
    }
}

/// Which files are a site's own.
struct Scope {
    root: PathBuf,
    ignored: Vec<PathBuf>,
}

impl Scope {
    fn new(root: &Path, ignored: &[PathBuf]) -> Self {
        Scope { root: real(root), ignored: ignored.iter().map(|path| real(path)).collect() }
    }

    /// A file of the site relative to its root; nothing for a file that no build reads.
    fn name(&self, path: &Path) -> Option<String> {
        let inner = path.strip_prefix(&self.root).ok()?;
        let first = inner.iter().next()?;
        // Hidden files are published from `static/` alone.
        let hidden = first != "static" && inner.iter().any(|part| part.as_encoded_bytes().starts_with(b"."));
        let ignored = IGNORED.iter().any(|name| first == *name) || self.ignored.iter().any(|it| path.starts_with(it));
        (!hidden && !ignored).then(|| inner.display().to_string())
    }
}

/// A path without links, as the system reports changes; its last part need not exist yet.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.canonicalize().unwrap_or_else(|_| {
        match (absolute.parent().map(Path::canonicalize), absolute.file_name()) {
            (Some(Ok(parent)), Some(name)) => parent.join(name),
            _ => absolute,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_are_watched() {
        let folder = tempfile::tempdir().unwrap();
        let root = real(folder.path());
        let scope = Scope::new(folder.path(), &[folder.path().join("public")]);
        for (path, named) in [
            ("blog.toml", true),
            ("content/gil.md", true),
            ("content/target/index.md", true),
            ("publicity/a.md", true),
            ("src/lib.rs", true),
            ("static/.well-known/x", true),
            ("", false),
            ("public/index.html", false),
            ("public", false),
            ("results/a.json", false),
            ("target/debug/blog", false),
            (".git/HEAD", false),
            (".blog/cache", false),
            ("content/.gil.md.swp", false),
            ("../elsewhere", false),
        ] {
            assert_eq!(scope.name(&root.join(path)).is_some(), named, "{path}");
        }
    }

    #[test]
    fn changes_that_wait_are_taken_together_and_reading_is_none() {
        use notify::event::{AccessKind, CreateKind};
        use notify_debouncer_full::DebouncedEvent;

        let (sender, changes) = mpsc::channel();
        let scope = Scope { root: PathBuf::from("/site"), ignored: Vec::new() };
        let mut watch = Watch { scope, troubles: Vec::new(), debouncer: None, changes };
        let event = |kind, path: &str| DebouncedEvent {
            event: notify::Event::new(kind).add_path(PathBuf::from("/site").join(path)),
            time: std::time::Instant::now(),
        };
        let create = EventKind::Create(CreateKind::File);
        sender.send(Ok(vec![event(EventKind::Access(AccessKind::Read), "read.md")])).unwrap();
        sender.send(Ok(vec![event(create, "b.md"), event(create, "a.md")])).unwrap();
        sender.send(Err(vec![notify::Error::generic("lost")])).unwrap();
        sender.send(Ok(vec![event(create, "target/x"), event(create, "a.md")])).unwrap();
        assert_eq!(watch.next(), Some(BTreeSet::from(["a.md".to_owned(), "b.md".to_owned()])));
        assert_eq!(watch.troubles, ["a change was missed: lost"]);
        drop(sender);
        assert_eq!(watch.next(), None);
    }

    #[test]
    fn a_change_in_a_new_folder_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::start(folder.path(), &[]);
        assert_eq!(watch.troubles, [""; 0]);
        let (sender, changes) = mpsc::channel();
        std::thread::spawn(move || {
            while let Some(files) = watch.next() {
                let _ = sender.send(files);
            }
        });
        let expect = |name: &str| {
            let deadline = Duration::from_secs(20);
            while !changes.recv_timeout(deadline).expect("the change is noticed").contains(name) {}
        };
        std::fs::create_dir_all(folder.path().join("content")).unwrap();
        expect("content");
        std::fs::write(folder.path().join("content/gil.md"), "1").unwrap();
        expect("content/gil.md");
        std::fs::write(folder.path().join("content/gil.md"), "2").unwrap();
        expect("content/gil.md");
        std::fs::rename(folder.path().join("content/gil.md"), folder.path().join("content/lock.md")).unwrap();
        expect("content/lock.md");
    }
}

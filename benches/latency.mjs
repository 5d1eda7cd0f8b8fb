// How long an author waits for the preview, against what he may have to:
//
//     node benches/latency.mjs [BLOG]
//
// BLOG is `target/release/blog`. A site of 100 posts is made in a temporary folder and served; one of its posts is open in Chromium and is
// saved again and again, as an editor does. Times begin before the file is written and end in the frame after the one that shows what is
// waited for. This is no test, since whatever else the machine does adds to every figure: let it rest.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const blog = resolve(process.argv[2] ?? "target/release/blog");
const POSTS = 100;
const EDITS = 20;
// How long the author thinks between two edits, in ms.
const PAUSE = 300;

const folder = mkdtempSync(join(tmpdir(), "latency-"));
const children = [];
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

// Packages and tools that were found before are not to be known.
const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
const start = (program, args, options) => {
  const child = spawn(program, args, { env, ...options });
  children.push(child);
  return child;
};

/** Serves a site; gives its URL and a way to end it. */
const serve = async (site) => {
  const child = start(blog, ["serve", "--port", "0"], { cwd: site, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  for await (const part of child.stderr.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += part;
    const url = said.match(/Serving (\S+)/)?.[1];
    if (!url) continue;
    child.stderr.resume();
    return { url, end: () => new Promise((ended) => child.on("exit", ended) && child.kill("SIGINT")) };
  }
  throw new Error(`${blog} serve: ${said}`);
};

/** Asks for a page until the site is there. */
const answered = async (url) => {
  while ((await fetch(url)).status !== 200) await sleep(2);
};

// The browser, by the DevTools protocol over a pipe: JSON, and a zero byte after each message.
const chromium = start(
  process.env.CHROME_PATH ?? "chromium",
  ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${join(folder, "profile")}`],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const answers = new Map();
let state = {};
let notice = () => {};
let rest = "";
chromium.stdio[4].setEncoding("utf8").on("data", (part) => {
  const messages = (rest + part).split("\0");
  rest = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text))) {
    answers.get(message.id)?.(message.result);
    if (message.method === "Runtime.bindingCalled") {
      state = JSON.parse(message.params.payload);
      notice();
    }
  }
});
const call = (method, params, sessionId) => new Promise((answer) => {
  const id = answers.size + 1;
  answers.set(id, answer);
  chromium.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
});

/** Waits until what the page shows is so, and gives the time since `begin` in ms. */
const shows = async (begin, isSo) => {
  while (!isSo(state)) await new Promise((done) => { notice = done; });
  return performance.now() - begin;
};

// Told of what a page shows whenever that has become something else, one frame later.
const WATCH = `(() => {
  let last;
  const look = () => {
    const over = (role) => [...document.querySelectorAll("[role=" + role + "]")].some(({ shadowRoot }) => shadowRoot);
    const text = document.querySelector(".content")?.textContent ?? "";
    const edit = Number(text.match(/Edit number (\\d+)/)?.[1]);
    const output = Number(document.querySelector("#cell-slow .out")?.textContent);
    const now = JSON.stringify({ edit, output, panel: over("alert"), running: over("status"), y: scrollY });
    if (now !== last) requestAnimationFrame(() => told(now));
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const { targetId } = await call("Target.createTarget", { url: "about:blank" });
const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
const page = (method, params = {}) => call(method, params, sessionId);
await page("Page.enable");
await page("Runtime.enable");
await page("Runtime.addBinding", { name: "told" });
await page("Page.addScriptToEvaluateOnNewDocument", { source: WATCH });

// What was measured, in ms, and the most that it may be.
const quantile = (times, share) => times.toSorted((one, two) => one - two)[Math.ceil(share * times.length) - 1];
const print = (what, measured, most) => {
  const verdict = measured <= most ? "holds" : "DOES NOT HOLD";
  console.log(`${what.padEnd(58)} ${measured.toFixed(0).padStart(6)} ms of ${String(most).padStart(5)}   ${verdict}`);
};
const median = (what, times, most) => print(`${what}, median of ${times.length}`, quantile(times, 0.5), most);

// A site that is new, with a Rust and a Python cell.
{
  const site = join(folder, "new");
  for (const [what, most] of [["init and serve → first page, cold", 5000], ["serve again → first page", 300]]) {
    const begin = performance.now();
    if (most === 5000) spawnSync(blog, ["init", site], { env });
    const { url, end } = await serve(site);
    await answered(url);
    print(what, performance.now() - begin, most);
    await end();
  }
}

// A site of 100 posts.
const site = join(folder, "site");
const words = "A thread that waits for a lock does nothing, and neither does the core that it would have had. ".repeat(8);
const prose = `${`## A heading\n\n${words}\n\n- **One** and [another](https://example.com/)\n- \`two\`\n\n`.repeat(6)}
\`\`\`rust
fn main() { println!("{}", std::thread::available_parallelism().map_or(1, |cores| cores.get())); }
\`\`\`
`;
const post = (number, text) => {
  const day = `${2020 + (number % 6)}-${String(1 + (number % 12)).padStart(2, "0")}-${String(1 + (number % 28)).padStart(2, "0")}`;
  const front = `+++\ntitle = "Post ${number}"\ndate = ${day}\ntags = ["all", "tag-${number % 10}"]\n+++\n`;
  writeFileSync(join(site, "content", `post-${number}.md`), `${front}\n${text}\n\n${prose}`);
};
mkdirSync(join(site, "content"), { recursive: true });
writeFileSync(join(site, "blog.toml"), 'title = "A hundred posts"\n');
for (let number = 1; number < POSTS; number++) post(number, "");
const save = (edit, output) => {
  const begin = performance.now();
  post(0, `Edit number ${edit}.\n\n\`\`\`sh,run:slow\nsleep 0.5; echo ${output}\n\`\`\``);
  return begin;
};
save(0, 0);
const { url, end } = await serve(site);
await answered(`${url}post-0/`);
await page("Page.navigate", { url: `${url}post-0/` });
await shows(0, ({ edit, output }) => edit === 0 && output === 0);

const prosaic = [];
for (let number = 1; number <= EDITS; number++) {
  await sleep(PAUSE);
  prosaic.push(await shows(save(number, 0), ({ edit }) => edit === number));
}
median("prose saved → visible", prosaic, 100);
print(`prose saved → visible, 95th percentile of ${EDITS}`, quantile(prosaic, 0.95), 250);

const begun = [];
for (let number = 1; number <= EDITS / 4; number++) {
  await sleep(PAUSE);
  begun.push(await shows(save(EDITS, number), ({ running }) => running));
  await shows(0, ({ output, running }) => output === number && !running);
}
median("cell saved → said to run", begun, 150);

const [broken, mended, moved] = [[], [], []];
for (let number = 1; number <= EDITS; number++) {
  await sleep(PAUSE);
  await page("Runtime.evaluate", { expression: "scrollTo({ top: 1000, behavior: 'instant' })" });
  await shows(0, ({ y }) => y === 1000);
  const begin = performance.now();
  post(0, "[A link](nowhere.md)");
  broken.push(await shows(begin, ({ panel }) => panel));
  mended.push(await shows(save(EDITS, EDITS / 4), ({ panel }) => !panel));
  moved.push(Math.abs(state.y - 1000));
}
median("error saved → panel", broken, 250);
median("error mended → no panel", mended, 250);
const most = Math.max(...moved);
console.log(`${"the page moved meanwhile, at most".padEnd(58)} ${most.toFixed(0).padStart(6)} px of     2   ${most <= 2 ? "holds" : "DOES NOT HOLD"}`);
await end();
process.exit();

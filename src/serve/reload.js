// Keeps a page of the preview up to date. The server adds it while answering; no published page has it.
(() => {
  const own = document.currentScript.dataset;
  const KEPT = "blog-scroll";
  let version = own.version;
  let source;
  let retry;
  let panel;
  let mark;
  let said = "";

  // A URL as the server names files: its decoded path, a folder without its index.html. Nothing for other sites.
  const place = (url) => {
    try {
      const { origin, pathname } = new URL(url, location.href);
      return origin === location.origin ? decodeURI(pathname).replace(/\/index\.html$/, "/") : undefined;
    } catch {
      return undefined;
    }
  };

  const reload = () => {
    source?.close();
    sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, scrollX, scrollY]));
    location.reload();
  };

  const restoreScroll = () => {
    const [path, x, y] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    sessionStorage.removeItem(KEPT);
    if (path === location.pathname) scrollTo({ left: x, top: y, behavior: "instant" });
  };

  // The old style stays until the new one is there, so nothing flickers.
  const swap = (link) => {
    const fresh = link.cloneNode();
    const url = new URL(link.href);
    url.search = `v=${version}`;
    fresh.href = url.href;
    fresh.addEventListener("load", () => link.remove());
    fresh.addEventListener("error", () => link.remove());
    link.after(fresh);
  };

  // What a script fetches by itself (a search index) is its own affair.
  const loaded = () =>
    performance
      .getEntriesByType("resource")
      .filter(({ initiatorType }) => !["fetch", "xmlhttprequest", "beacon"].includes(initiatorType))
      .map(({ name }) => place(name));

  // The page as the server sends it, since scripts change the one that is shown.
  const read = async () => {
    try {
      const answer = await fetch(location.href);
      return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
    } catch {
      return undefined;
    }
  };
  let served = "waiting" in own ? undefined : read();

  // What a page is besides its title, its `main` and what machines read.
  const frame = (page) => {
    const body = page.body.cloneNode(true);
    body.querySelector("main").replaceChildren();
    body.querySelector("script[data-version]").remove();
    const head = page.head.querySelectorAll("style, link[rel~=stylesheet], meta[http-equiv], script:not([type='application/ld+json'])");
    return [...head, body].map((part) => part.outerHTML).join("");
  };

  // Puts the `main` of a page that has changed into the one that is shown, which is sooner there than a page that is loaded. Only
  // if nothing else is another, and if all of the page's scripts say that they have seen to that.
  const renew = async () => {
    const [before, after] = await Promise.all([served, read()]);
    const isPlain = (page) => page?.querySelector("main") && !page.querySelector("main script");
    const old = document.querySelector("main");
    if (!old || ![before, after].every(isPlain) || frame(before) !== frame(after)) return reload();
    const main = document.importNode(after.querySelector("main"), true);
    old.replaceWith(main);
    document.title = after.title;
    served = after;
    const scripts = [...document.scripts].filter((script) => script.src ? !script.dataset.version : script.closest("body"));
    const seen = new CustomEvent("blog:main", { bubbles: true, detail: [] });
    main.dispatchEvent(seen);
    if (seen.detail.length < scripts.length) reload();
  };

  const update = (changed) => {
    const touched = new Set(changed.map(place));
    const pages = [place(location.href), own.page && place(own.page)];
    const links = [...document.querySelectorAll('link[rel~="stylesheet"]')].filter(({ href }) => touched.has(place(href)));
    const styles = new Set(links.map(({ href }) => place(href)));
    if (loaded().some((used) => touched.has(used) && !styles.has(used))) return reload();
    if (pages.some((page) => touched.has(page))) return links.length ? reload() : renew();
    links.forEach(swap);
  };

  const STYLE = `
    p { position: fixed; inset: auto 0 0 auto; z-index: 2147483647; margin: 0; padding: .25rem .75rem; background: #1c1f24;
      color: #f0f3f6; font: .875rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
    dialog { position: fixed; inset: auto 0 0; z-index: 2147483647; box-sizing: border-box; width: 100%; max-width: none;
      max-height: 60vh; margin: 0; padding: 1rem; overflow: auto; border: 0; border-top: .25rem solid #e5534b;
      background: #1c1f24; color: #f0f3f6; font: 1rem/1.5 system-ui, sans-serif; text-align: start }
    h2 { margin: 0; font-size: 1rem }
    header { display: flex; justify-content: space-between; align-items: start; gap: 1rem }
    button { font: inherit }
    pre { margin: 1rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere;
      font: clamp(.75rem, .6rem + .6vw, .875rem)/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }`;

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  };

  // In a shadow tree, so that the site's styles and ours leave each other alone.
  const over = (role, part) => {
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    const host = element("div", "");
    host.setAttribute("role", role);
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [style];
    shadow.append(part);
    document.body.append(host);
    return host;
  };

  // The cell that a build is at. Nothing moves there, since it may be measured.
  const work = (cell) => {
    mark?.remove();
    if (cell) mark = over("status", element("p", `Running ${cell} …`));
  };

  // A panel that was hidden stays so until something else is wrong.
  const show = (errors) => {
    if (said === errors.join()) return;
    said = errors.join();
    panel?.remove();
    if (errors.length === 0) return;
    const hide = element("button", "Hide");
    const title = element("h2", "The last build failed; this page is from the one before");
    const dialog = element("dialog", "", element("header", "", title, hide), ...errors.map((text) => element("pre", text)));
    dialog.open = true;
    panel = over("alert", dialog);
    hide.addEventListener("click", () => panel.remove());
  };

  const hear = ({ data }) => {
    const news = JSON.parse(data);
    if (news.unknown || ("waiting" in own && news.version !== version)) return reload();
    version = news.version;
    work(news.running);
    if (!("waiting" in own)) show(news.errors);
    update(news.changed);
  };

  // A browser opens six connections to a server in all, so a page that nobody sees gives its own back.
  const connect = () => {
    clearTimeout(retry);
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`/__blog/events?since=${version}`);
    source.addEventListener("message", hear);
    source.addEventListener("error", () => {
      source.close();
      retry = setTimeout(connect, 500);
    });
  };

  restoreScroll();
  connect();
  document.addEventListener("visibilitychange", connect);
  addEventListener("pageshow", ({ persisted }) => persisted && connect());
  addEventListener("pagehide", () => source?.close());
})();

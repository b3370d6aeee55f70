// What pages can do beyond being read: copy, follow a log, keep a list fresh, change without a flash. All of them work without it.
"use strict";

// Ends what is live on the page that is shown: streams and timers.
let leaving = new AbortController();

function copyButton(text, what, label = "Copy") {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", `Copy ${what}`);
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(text());
            button.textContent = "Copied";
        } catch {
            button.textContent = "Not allowed";
        }
        setTimeout(() => { button.textContent = label; }, 1500);
    });
    return button;
}

function addCopyButtons(root) {
    // Browsers give the clipboard to pages over https and of localhost alone.
    if (!navigator.clipboard) return;
    for (const box of root.querySelectorAll(".copy:not(.with-button)")) {
        const pre = box.querySelector("pre");
        box.classList.add("with-button");
        box.append(copyButton(() => pre.textContent, pre.getAttribute("aria-label")));
    }
    for (const text of root.querySelectorAll("[data-copy]:not([data-has-button])")) {
        text.dataset.hasButton = "";
        text.append(copyButton(() => text.dataset.copy, text.dataset.what, text.dataset.label));
    }
}

function followLog(log) {
    // More than this many lines make browsers slow; the first ones go, the raw log has them.
    const maxLines = 20000;
    const lines = log.getElementsByClassName("line");
    const head = document.getElementById("head");
    const following = document.getElementById("following");
    let mark = document.getElementById("log-end");
    const source = new EventSource(`${log.dataset.follow}?from=${encodeURIComponent(mark.dataset.position)}`);
    const parse = html => document.createRange().createContextualFragment(html);
    const pieces = {
        lines: html => mark.before(parse(html)),
        section: html => {
            mark.before(parse(html));
            mark.previousElementSibling.append(mark);
        },
        end: html => {
            mark.before(parse(html));
            const section = mark.closest("details");
            if (section) section.after(mark);
        },
    };
    function append(work) {
        const page = document.scrollingElement;
        const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 60;
        document.getElementById("unfinished")?.remove();
        document.getElementById("no-log")?.remove();
        work();
        // Sections hold their lines; a section's own head stays.
        if (lines.length > maxLines * 1.1) {
            const old = log.querySelectorAll("div.line");
            for (let i = 0; i < old.length - maxLines; i++) old[i].remove();
            // The numbers of the lines would begin anew.
            log.classList.add("part");
        }
        // Whoever reads the end goes on reading the end.
        if (atEnd) page.scrollTop = page.scrollHeight;
    }
    source.addEventListener("log", event => append(() => {
        for (const [what, html] of JSON.parse(event.data)) pieces[what](html);
    }));
    source.addEventListener("unfinished", event => append(() => mark.before(parse(event.data))));
    source.addEventListener("head", event => {
        head.replaceChildren(parse(event.data));
    });
    source.addEventListener("done", () => {
        source.close();
        following.hidden = true;
    });
    source.addEventListener("open", () => {
        following.hidden = false;
        document.getElementById("reload").hidden = true;
    });
    source.addEventListener("error", () => { following.hidden = true; });
    leaving.signal.addEventListener("abort", () => source.close());
}

function keepFresh(part) {
    const left = leaving.signal;
    const timer = setInterval(async () => {
        if (document.hidden || part.contains(document.activeElement)) return;
        try {
            const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
            if (!reply.ok || reply.redirected || left.aborted) return;
            const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(part.dataset.refresh);
            if (!fresh) return;
            part.replaceChildren(...fresh.childNodes);
            addCopyButtons(part);
            if (!fresh.dataset.refresh) clearInterval(timer);
        } catch {
            // The server is away for a moment; the next turn asks again.
        }
    }, 3000);
    left.addEventListener("abort", () => clearInterval(timer));
}

// One box in the head of a table for all of its rows.
function addChooseAll(place) {
    const boxes = [...place.closest("table").querySelectorAll(`input[name="${place.dataset.chooseAll}"]`)];
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", "Choose all on this page");
    const show = () => {
        const chosen = boxes.filter(box => box.checked).length;
        all.checked = chosen === boxes.length;
        all.indeterminate = chosen > 0 && !all.checked;
    };
    all.addEventListener("change", () => boxes.forEach(box => { box.checked = all.checked; }));
    boxes.forEach(box => box.addEventListener("change", show));
    place.append(all);
    show();
}

function liven() {
    addCopyButtons(document);
    document.querySelectorAll("[data-choose-all]").forEach(addChooseAll);
    document.querySelectorAll("[data-follow]").forEach(followLog);
    document.querySelectorAll("[data-refresh]").forEach(keepFresh);
    // On a narrow screen tabs are wider than it.
    document.querySelectorAll(".tabs [aria-current]").forEach(tab => { tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16; });
}

// Links and searches bring only the new page's content; whatever is unusual is left to the browser.
const announcer = document.createElement("div");
announcer.className = "unseen";
announcer.setAttribute("aria-live", "polite");
let asking = new AbortController();
let shown = location.pathname + location.search;

const assetsOf = page => [...page.querySelectorAll("head [src], head [href]")].map(one => one.getAttribute("src") ?? one.getAttribute("href")).join();

async function visit(address, { back = false } = {}) {
    asking.abort();
    const mine = asking = new AbortController();
    const slow = setTimeout(() => document.documentElement.classList.add("loading"), 200);
    try {
        const reply = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal });
        if (!reply.ok || !reply.headers.get("Content-Type")?.startsWith("text/html") || new URL(reply.url).origin !== location.origin)
            throw new Error("not a page");
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        if (assetsOf(page) !== assetsOf(document)) throw new Error("another version of the server");
        if (mine.signal.aborted) return;
        const hash = new URL(address, location.href).hash;
        if (!back) {
            history.replaceState({ scroll: scrollY }, "");
            history.pushState(null, "", reply.url + hash);
        }
        show(page, hash);
    } catch {
        if (mine.signal.aborted) return;
        mine.abort();
        if (back) location.reload();
        else location.assign(address);
    } finally {
        clearTimeout(slow);
        if (mine === asking) document.documentElement.classList.remove("loading");
    }
}

function show(page, hash) {
    leaving.abort();
    leaving = new AbortController();
    document.title = page.title;
    document.body.replaceChildren(...page.body.childNodes, announcer);
    shown = location.pathname + location.search;
    liven();
    const target = document.querySelector("[autofocus]") ?? document.querySelector("main h1") ?? document.getElementById("main");
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    const anchor = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (anchor) anchor.scrollIntoView();
    else scrollTo(0, history.state?.scroll ?? 0);
    announcer.textContent = "";
    setTimeout(() => { announcer.textContent = page.title; }, 100);
}

addEventListener("click", event => {
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (link.hash && link.pathname + link.search === shown) return;
    event.preventDefault();
    visit(link.href);
});

addEventListener("submit", event => {
    const form = event.target;
    const address = new URL(form.action);
    if (event.defaultPrevented || form.method !== "get" || address.origin !== location.origin) return;
    event.preventDefault();
    address.search = new URLSearchParams(new FormData(form, event.submitter)).toString();
    visit(address.href);
});

addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) visit(location.href, { back: true });
});

addEventListener("keydown", event => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
});

document.body.append(announcer);
liven();

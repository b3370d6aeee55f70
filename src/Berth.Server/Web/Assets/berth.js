// What pages can do beyond being read: copy, follow a log, keep a list fresh. All of them work without it.
"use strict";

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
        text.after(copyButton(() => text.dataset.copy, text.dataset.what, text.dataset.label));
    }
}

function followLog(log) {
    // More than this many lines make browsers slow; the first ones go, the raw log has them.
    const maxElements = 20000;
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
        while (log.childElementCount > maxElements) log.firstElementChild.remove();
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
}

function keepFresh(part) {
    const timer = setInterval(async () => {
        if (document.hidden || part.contains(document.activeElement)) return;
        try {
            const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
            if (!reply.ok || reply.redirected) return;
            const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(part.dataset.refresh);
            if (!fresh) return;
            part.replaceChildren(...fresh.childNodes);
            addCopyButtons(part);
            if (!fresh.dataset.refresh) clearInterval(timer);
        } catch {
            // The server is away for a moment; the next turn asks again.
        }
    }, 3000);
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

addCopyButtons(document);
document.querySelectorAll("[data-choose-all]").forEach(addChooseAll);
document.querySelectorAll("[data-follow]").forEach(followLog);
document.querySelectorAll("[data-refresh]").forEach(keepFresh);

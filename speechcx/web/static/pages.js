// Makes the pages quicker to use: playing and seeking, turns that follow, keys. Everything can be read without it.
"use strict";

(() => {
  const audio = document.querySelector("audio");
  const player = document.querySelector(".player");
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // --- playing
  const turns = [...document.querySelectorAll(".turn[data-start]")];
  const svg = document.querySelector(".axis svg");
  const duration = player ? Number(player.dataset.duration) : 0;
  const width = svg ? svg.viewBox.baseVal.width + svg.viewBox.baseVal.x : 0;
  let playing = null;

  const follow = (at) => {
    const head = document.querySelector(".playhead");
    if (head && duration) {
      const x = Math.min(1, at / duration) * width;
      head.setAttribute("x1", x);
      head.setAttribute("x2", x);
    }
    const now = turns.findLast((turn) => Number(turn.dataset.start) <= at + 0.05) ?? null;
    const current = now && at <= Number(now.dataset.end) + 0.5 ? now : null;
    if (current === playing) return;
    playing?.classList.remove("playing");
    current?.classList.add("playing");
    playing = current;
    if (current && audio && !audio.paused) {
      const box = current.getBoundingClientRect();
      if (box.bottom > innerHeight - 20 || box.top < (player?.getBoundingClientRect().bottom ?? 0)) {
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        current.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
      }
    }
  };

  const seek = (at, start) => {
    if (!audio) {
      follow(at);
      return;
    }
    const go = () => {
      audio.currentTime = Math.max(0, at);
      follow(audio.currentTime);
    };
    if (audio.readyState >= 1) go();
    else {
      audio.addEventListener("loadedmetadata", go, { once: true });
      audio.load();
      follow(at);
    }
    if (start) audio.play().catch(() => {});
  };

  if (audio) {
    for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, () => follow(audio.currentTime));
    const speed = document.querySelector(".speed");
    speed?.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
    audio.addEventListener("error", () => {
      const told = document.createElement("p");
      told.className = "alarm";
      told.setAttribute("role", "alert");
      told.textContent = "The recording cannot be played here. Words and outline are kept.";
      audio.replaceWith(told);
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) seek(Number(button.dataset.seek), true);
  });
  svg?.addEventListener("click", (event) => {
    if (event.target.closest("[data-seek]")) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    if (point.x >= 0) seek((point.x / width) * duration, audio ? !audio.paused : false);
  });

  // --- the volume of each channel; the graph is made when it is first used, since it needs a person's gesture
  const volumes = [...document.querySelectorAll(".volume")];
  let gains = null;
  const makeGains = () => {
    const context = new AudioContext();
    const source = context.createMediaElementSource(audio);
    const splitter = context.createChannelSplitter(2);
    const merger = context.createChannelMerger(2);
    source.connect(splitter);
    gains = volumes.map((_, channel) => {
      const gain = context.createGain();
      splitter.connect(gain, channel);
      gain.connect(merger, 0, channel);
      return gain;
    });
    merger.connect(context.destination);
    context.resume();
  };
  for (const volume of volumes) {
    volume.addEventListener("input", () => {
      if (!gains) makeGains();
      gains[Number(volume.dataset.channel)].gain.value = Number(volume.value);
    });
  }

  // --- hits by key, decisions by key, the queue by key
  const spots = [...new Set([...document.querySelectorAll(".spot[data-seek]")].map((one) => Number(one.dataset.seek)))];
  spots.sort((one, other) => one - other);
  const here = () => (audio ? audio.currentTime : 0);
  const step = (way) => {
    const found = way > 0 ? spots.find((at) => at > here() + 0.2) : spots.findLast((at) => at < here() - 1);
    if (found !== undefined) seek(found, true);
  };
  const queue = [...document.querySelectorAll(".queue li a")];
  const move = (way) => {
    const at = queue.findIndex((one) => one.hasAttribute("aria-current"));
    queue[at + way]?.click();
  };
  const toggle = () => (audio?.paused ? audio.play().catch(() => {}) : audio?.pause());
  const keys = {
    " ": toggle,
    n: () => step(1),
    p: () => step(-1),
    ArrowRight: () => seek(here() + 5, false),
    ArrowLeft: () => seek(here() - 5, false),
    j: () => move(1),
    k: () => move(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.target.closest("button, a, summary, audio") && [" ", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      const reason = button.form.elements.reason;
      if (["d", "e"].includes(event.key) && !reason.value.trim()) reason.focus();
      else button.click();
      return;
    }
    const act = keys[event.key];
    if (!act || (!audio && !queue.length)) return;
    event.preventDefault();
    act();
  });

  // --- forms: a decision that needs a reason says so; "now" takes the time of the player
  for (const button of document.querySelectorAll(".decide button[value=dismissed], .decide button[value=escalated]")) {
    button.addEventListener("click", (event) => {
      const reason = button.form.elements.reason;
      reason.setCustomValidity(reason.value.trim() ? "" : "Say why in a few words.");
      if (!reason.reportValidity()) event.preventDefault();
      reason.setCustomValidity("");
    });
  }
  for (const button of document.querySelectorAll("button.now")) {
    button.addEventListener("click", () => {
      const at = here();
      const seconds = (at % 60).toFixed(1).padStart(4, "0");
      const field = button.parentElement.querySelector(".at");
      field.value = `${Math.floor(at / 60)}:${seconds}`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // --- answers of a review outlive a session that ended or a server that stopped, in this tab
  const answers = document.querySelector("form.answers");
  const draft = `answers of ${location.pathname}`;
  const fields = () => [...answers.elements].filter((one) => /^(answer|comment|at)\./.test(one.name));
  // Back at the form right after it was sent: it was taken. Any other page in between says that it was not.
  if (sessionStorage.getItem("sent") === draft || document.querySelector(".person-score")) sessionStorage.removeItem(draft);
  sessionStorage.removeItem("sent");
  if (answers) {
    answers.addEventListener("submit", () => sessionStorage.setItem("sent", draft));
    const kept = JSON.parse(sessionStorage.getItem(draft) ?? "{}");
    for (const field of fields()) {
      if (field.type === "radio") field.checked = field.name in kept ? kept[field.name] === field.value : field.checked;
      else if (kept[field.name]) field.value = kept[field.name];
    }
    answers.addEventListener("input", () => {
      const given = fields().filter((one) => one.type !== "radio" || one.checked);
      sessionStorage.setItem(draft, JSON.stringify(Object.fromEntries(given.map((one) => [one.name, one.value]))));
    });
  }

  // --- on paper nothing is folded
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("main details")) folded.open = true;
  });

  // --- an address that ends in #t=12.3 begins there
  const begin = () => {
    const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (found) seek(Number(found[1]), false);
    if (found && playing) playing.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", begin);
  begin();
})();

// The desk without this script is whole; with it the countdown runs and the page follows what the robot does.
"use strict";

const EVERY = 2500; // milliseconds between two looks
let looking = false;

function spell(element, seconds) {
  if (seconds <= 0) return element.dataset.now;
  if (seconds > 7200) return element.dataset.hours.replace("__n__", Math.ceil(seconds / 3600));
  if (seconds > 120) return element.dataset.minutes.replace("__n__", Math.ceil(seconds / 60));
  return element.dataset.seconds.replace("__n__", Math.ceil(seconds));
}

function count() {
  let due = false;
  for (const element of document.querySelectorAll("[data-in]")) {
    element.due ??= performance.now() + 1000 * Number(element.dataset.in);
    const seconds = (element.due - performance.now()) / 1000;
    const words = spell(element, seconds);
    if (element.textContent !== words) element.textContent = words;
    due ||= seconds <= 0 && seconds > -1;
  }
  if (due) look();
}

// What somebody is typing, ticking or tabbing through stays as it is.
function isInUse(region) {
  if (region.contains(document.activeElement)) return true;
  return [...region.querySelectorAll("input, textarea")].some(
    (field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue || field.checked,
  );
}

async function look() {
  if (looking || document.hidden) return;
  looking = true;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(region.id);
      if (other && !isInUse(region)) region.replaceWith(document.adoptNode(other));
    }
  } catch {
    // The platform is being started again; the next look finds it.
  } finally {
    looking = false;
  }
}

setInterval(count, 250);
setInterval(look, EVERY);

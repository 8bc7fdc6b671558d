// Runs before the first paint: a chosen theme does not flash, and neither does the overview when a link leads to a step.
const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;
if (location.hash.length > 1) document.documentElement.dataset.deepLink = "";

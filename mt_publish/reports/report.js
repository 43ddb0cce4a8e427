(function () {
  "use strict";
  var form = document.getElementById("filters");
  var all = Array.prototype.slice.call(document.querySelectorAll("#list article"));
  if (!form || !all.length) { return; }
  var field = function (name) { return document.getElementById("f-" + name); };
  var texts = [];
  form.hidden = false;
  all.forEach(function (article) { article.tabIndex = -1; });

  function shown() { return all.filter(function (article) { return !article.hidden; }); }

  function apply() {
    var severity = field("severity").value, rule = field("rule").value;
    var doc = field("document").value, text = field("text").value.trim().toLowerCase();
    all.forEach(function (article, i) {
      var data = article.dataset;
      var fits = (!severity || (data.s || "none") === severity) &&
        (!rule || (" " + (data.r || "") + " ").indexOf(" " + rule + " ") >= 0) &&
        (!doc || data.d === doc);
      if (fits && text) {
        if (texts[i] === undefined) { texts[i] = article.textContent.toLowerCase(); }
        fits = texts[i].indexOf(text) >= 0;
      }
      article.hidden = !fits;
    });
    document.getElementById("count").textContent = shown().length + " of " + all.length + " segments";
  }

  function move(step) {
    var list = shown(), at = list.indexOf(document.activeElement);
    var next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  var timer;
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 80); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    if (event.key === "j") { move(1); } else if (event.key === "k") { move(-1); }
    else if (event.key === "/") { event.preventDefault(); field("text").focus(); }
  });
  apply();
})();

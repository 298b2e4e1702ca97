/// How the page looks: on a light and on a dark screen, narrow or wide, and on paper.
///
/// Text has a contrast of at least 4.5 to what is behind it and marks of at least 3. What a colour says is said by a
/// shape, a pattern or a word as well.
enum PageStyle {
  static let sheet: StaticString = """

    :root { color-scheme: light dark; --ink: #1b1e23; --muted: #555c66; --paper: #ffffff; --panel: #f4f5f7;
      --line: #c9ced6; --link: #0b57a4; --accent: #0b57a4; --harm: #a1260d; --gain: #0b6247; --unsure: #5b4a00;
      --series-0: #3f4650; --series-1: #0b6e4f; --series-2: #0b57a4; --series-3: #b0440a; --series-4: #7a3e9d;
      --series-5: #8a5a00; --heat: #0b4f8a; --on-heat: #ffffff; }
    @media screen and (prefers-color-scheme: dark) { :root { --ink: #e7e9ec; --muted: #a9b1bb; --paper: #15181c;
      --panel: #1f2429; --line: #4a525c; --link: #8cc4ff; --accent: #8cc4ff; --harm: #ff9d87; --gain: #6fd6b0;
      --unsure: #e6cf7a; --series-0: #ccd2d9; --series-1: #4fd0a0; --series-2: #6db6ff; --series-3: #ff9a5c;
      --series-4: #d59bff; --series-5: #e5be6a; --heat: #7cc4ff; --on-heat: #0b0e12; } }
    * { box-sizing: border-box; }
    html { scroll-behavior: auto; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body { margin: 0 auto; padding: 0 1rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 2rem 0 .5rem; }
    h2 { font-size: 1.4rem; line-height: 1.25; margin: 3.25rem 0 .75rem; padding-top: .75rem;
      border-top: 1px solid var(--line); }
    h3 { font-size: 1.1rem; line-height: 1.3; margin: 1.75rem 0 .5rem; }
    h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
    p, ul, ol, dl { max-width: 46rem; margin: .6rem 0; }
    .lead { font-size: 1.05rem; }
    .muted, figcaption { color: var(--muted); }
    a { color: var(--link); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
    main:focus { outline: none; }
    .skip { position: absolute; left: -100rem; top: 0; padding: .6rem 1rem; background: var(--paper); }
    .skip:focus { left: 1rem; z-index: 2; }
    nav ol { columns: 2 18rem; column-gap: 2rem; padding-left: 1.6rem; max-width: none; }
    nav li { break-inside: avoid; padding: .12rem 0; }
    code { font: .9em/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
    pre { overflow-x: auto; padding: .75rem 1rem; background: var(--panel); border: 1px solid var(--line);
      border-radius: 6px; white-space: pre-wrap; }
    .scroll { background: linear-gradient(to left, var(--paper) 60%, transparent) right / 2.5rem 100% no-repeat local,
        linear-gradient(to left, var(--line), transparent) right / .75rem 100% no-repeat scroll; }
    .scroll { overflow-x: auto; max-width: 100%; margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; font-size: .9rem; line-height: 1.35; }
    th, td { padding: .42rem .65rem; text-align: right; vertical-align: top; }
    td { white-space: nowrap; }
    tbody tr { border-top: 1px solid var(--line); }
    thead th { font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; min-width: 5rem; }
    th:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
    tbody th { white-space: nowrap; }
    tbody th { font-weight: 600; }
    th.words, td.words { text-align: left; }
    td.words { white-space: normal; min-width: 12rem; }
    tr.part th, tr.part td { border-top: 2px solid var(--muted); }
    tr.total th, tr.total td { color: var(--muted); font-weight: 400; }
    td.best { font-weight: 700; text-decoration: underline; text-underline-offset: .2em; }
    .harm { color: var(--harm); font-weight: 600; } .gain { color: var(--gain); font-weight: 600; }
    .unsure { color: var(--unsure); font-weight: 600; }
    .caution { border-left: 4px solid var(--unsure); padding: .4rem .8rem; background: var(--panel); }
    .missing { border: 1px dashed var(--muted); border-radius: 6px; padding: .75rem 1rem; }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; margin: 1rem 0; }
    .card { border: 1px solid var(--line); border-top: 4px solid var(--muted); border-radius: 6px;
      padding: .25rem 1rem .75rem; background: var(--panel); break-inside: avoid; }
    .card h3 { margin: .5rem 0 .25rem; } .card p { margin: .5rem 0; } .card .verdict { font-weight: 600; font-size: 1.05rem; }
    details { margin: 1rem 0; } summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
    .facts { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .3rem 1.5rem; max-width: none; }
    .facts dt, .facts dd { margin: 0; min-width: 0; } dfn { font-style: normal; }
    td .harm, td .unsure, td .gain { white-space: nowrap; }
    dt { font-weight: 600; margin-top: .7rem; } dd { margin: 0 0 0 1.25rem; }
    figure { margin: 1.25rem 0; break-inside: avoid; }
    figcaption { font-size: .92rem; max-width: 46rem; margin-top: .4rem; }
    svg { display: block; max-width: 100%; height: auto; }
    svg text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      fill: var(--ink); font-variant-numeric: tabular-nums; }
    svg .small { font-size: 12px; } svg .quiet { fill: var(--muted); } svg .bold { font-weight: 700; fill: var(--series); }
    svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
    .narrow { display: none !important; width: 100%; max-width: 27rem; } .wide { width: 100%; }
    .gridline { stroke: var(--line); stroke-width: 1; } .axis { stroke: var(--muted); stroke-width: 1.5; }
    .leader { stroke: var(--muted); stroke-width: 1; }
    .front { fill: none; stroke: var(--muted); stroke-width: 2; stroke-dasharray: 6 4; }
    .threshold { stroke: var(--muted); stroke-width: 1.5; stroke-dasharray: 3 4; }
    .whisker { stroke-width: 1.75; fill: none; }
    .mark { stroke: var(--paper); stroke-width: 1.25; }
    .hollow { fill: var(--paper); stroke-width: 2; }
    .s0 { --series: var(--series-0); } .s1 { --series: var(--series-1); } .s2 { --series: var(--series-2); }
    .s3 { --series: var(--series-3); } .s4 { --series: var(--series-4); } .s5 { --series: var(--series-5); }
    .s0 .mark, .s1 .mark, .s2 .mark, .s3 .mark, .s4 .mark, .s5 .mark { fill: var(--series); }
    .hollow, .whisker, .trace { stroke: var(--series); }
    .trace { fill: none; stroke-width: 2.25; }
    .card.s0, .card.s1, .card.s2, .card.s3, .card.s4, .card.s5 { border-top-color: var(--series); }
    th .named, td .named { white-space: nowrap; }
    .glyph { display: inline-block; width: 1em; height: 1em; margin-right: .35em; vertical-align: -.12em; }
    .bar { fill: var(--heat); } .bar.class-0 { fill-opacity: .16; } .bar.class-1 { fill-opacity: .4; } .bar.class-2 { fill-opacity: .72; }
    .bar { stroke: var(--heat); stroke-width: 1; }
    .spread { stroke: var(--ink); stroke-width: 1.75; fill: none; }
    .halo-line { stroke: var(--paper); stroke-width: 4.5; }
    .rate { fill: var(--series-3); stroke: var(--paper); stroke-width: 1; }
    .cell { fill: var(--heat); } .edge { fill: none; stroke: var(--muted); stroke-width: 1; }
    td.level { text-align: center; min-width: 5rem; vertical-align: middle; }
    td.level { background: color-mix(in srgb, var(--heat) calc(var(--share) * 1%), var(--paper)); }
    .n0 { --share: 0; } .n1 { --share: 10; } .n2 { --share: 20; } .n3 { --share: 30; } .n4 { --share: 40; }
    .n5 { --share: 48; } .n6 { --share: 60; } .n7 { --share: 66; } .n8 { --share: 80; } .n9 { --share: 90; }
    .n10 { --share: 100; }
    td.n8, td.n9, td.n10 { color: var(--on-heat); }
    @media screen and (prefers-color-scheme: dark) { td.n6, td.n7 { color: var(--on-heat); } }
    .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: 1rem;
      align-items: start; margin: .75rem 0; }
    .panel { margin: 0; min-width: 0; } .panel > svg, .blocks svg { width: 100%; }
    .maps { grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); max-width: 46rem; } .panel figcaption { color: var(--ink); }
    .sample { break-inside: avoid; margin: 1.5rem 0 2rem; }
    .blocks { display: flex; flex-wrap: wrap; gap: 4px; } .blocks svg { flex: 1 1 5.5rem; }
    .dropped { fill: #000000; fill-opacity: .74; } .hatch { fill: url(#hatch); }
    .veil-1 { fill: #000000; fill-opacity: .12; } .veil-2 { fill: #000000; fill-opacity: .24; }
    .veil-3 { fill: #000000; fill-opacity: .36; } .veil-4 { fill: #000000; fill-opacity: .48; }
    .legend { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; padding: 0; list-style: none; max-width: none; }
    .legend li { display: flex; align-items: center; gap: .45rem; } .legend svg { flex: none; }
    .letters { list-style: none; padding: 0; max-width: none; columns: 2 22rem; column-gap: 2rem; font-size: .92rem; }
    .letters li { break-inside: avoid; padding: .15rem 0; } .compact .scroll { width: fit-content; }
    .compact table { width: auto; } .compact td, .compact th { padding: .25rem .65rem; }
    .defs { position: absolute; width: 0; height: 0; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .92rem; }
    @media (max-width: 42rem) { .wide { display: none !important; } .narrow { display: block !important; }
      tbody th { white-space: normal; max-width: 9rem; } td { white-space: normal; } th, td { padding: .4rem .5rem; }
      thead th { min-width: 3.5rem; } .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .6rem; }
      h1 { font-size: 1.55rem; } h2 { font-size: 1.25rem; } .lead { font-size: 1rem; }
      .panels { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem; } }
    @media print { :root { color-scheme: light; --ink: #000000; --muted: #444a52; --paper: #ffffff; --panel: #ffffff;
      --line: #b9bfc8; --link: #000000; --accent: #0b57a4; --harm: #a1260d; --gain: #0b6247; --unsure: #5b4a00;
      --series-0: #3f4650; --series-1: #0b6e4f; --series-2: #0b57a4; --series-3: #b0440a; --series-4: #7a3e9d;
      --series-5: #8a5a00; --heat: #0b4f8a; --on-heat: #ffffff; }
      @page { margin: 14mm; }
      body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact;
        -webkit-print-color-adjust: exact; }
      .skip, nav { display: none; } h2, h3, h4 { break-after: avoid; } tr { break-inside: avoid; }
      .cards { grid-template-columns: repeat(3, 1fr); gap: .6rem; } .card { font-size: 9pt; padding: 0 .6rem .4rem; }
      .lead { font-size: 1em; } h1 { margin-top: 0; } h2 { margin-top: 1.75rem; }
      .panels { grid-template-columns: repeat(4, 1fr); } .maps { grid-template-columns: repeat(3, 1fr); }
      details::details-content { content-visibility: visible; display: block; }
      .scroll { overflow: visible; border: 0; background: none; break-inside: avoid; } table { font-size: 7.5pt; } th, td { padding: .25rem .3rem; }
      td { white-space: normal; } thead th, td.words { min-width: 0; }
      .wide { display: block !important; } .narrow { display: none !important; } }
    """
}

namespace Tandem.Platform.Drills.Html;

/// <summary>How the report looks, by day and by night.</summary>
internal static class HtmlStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --text: #1d232b; --soft: #5d6875; --back: #ffffff; --card: #f5f7f9; --line: #d7dde3;
          --hot: #2f6fd0; --standby: #e0952b; --failed: #d3323b; --slow: #8a4fbf; --good: #3f9d63; --bad: #d3323b; --unknown: #b6bec7; --fault: rgba(211, 50, 59, .13); }
        @media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --soft: #98a4b0; --back: #14181d; --card: #1c2229; --line: #343d47;
          --hot: #5b96ee; --standby: #eba94a; --failed: #ef5a62; --slow: #b585e0; --good: #53b97a; --bad: #ef5a62; --unknown: #56616d; --fault: rgba(239, 90, 98, .2); } }
        body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 32px 24px; }
        h1 { font-size: 26px; margin: 0; } h2 { font-size: 19px; margin: 0 0 4px; } p { margin: 0 0 12px; }
        .lead, .soft { color: var(--soft); } a { color: inherit; }
        section { margin-top: 28px; padding: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; align-self: start; }
        th { text-align: left; font-weight: 600; color: var(--soft); } th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .why td { color: var(--soft); }
        .bar { width: 120px; } .bar svg { width: 120px; height: 10px; }
        .columns { display: grid; grid-template-columns: 1fr 1fr; gap: 28px; margin-top: 8px; } @media (max-width: 760px) { .columns { grid-template-columns: 1fr; } }
        .verdict { font-size: 12px; font-weight: 600; padding: 1px 8px; border-radius: 9px; color: #fff; vertical-align: 2px; } .pass { background: var(--good); } .fail { background: var(--failed); }
        .timeline { width: 100%; height: auto; } .timeline text { fill: var(--soft); font-size: 11px; }
        .hot { fill: var(--hot); } .standby { fill: var(--standby); } .failed { fill: var(--failed); } .slow { fill: var(--slow); } .good { fill: var(--good); } .bad { fill: var(--bad); }
        .unknown { fill: var(--unknown); } .fault { fill: var(--fault); } .track { fill: var(--line); }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .event { stroke: var(--text); stroke-dasharray: 2 3; }

        """;
}

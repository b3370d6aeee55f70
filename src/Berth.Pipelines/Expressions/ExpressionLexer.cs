namespace Berth.Pipelines.Expressions;

/// <summary>Cuts an expression into tokens: strings have no escapes and no variables in them, <c>${NAME}</c> is no variable.</summary>
internal static class ExpressionLexer
{
    private static readonly (string Text, ExpressionTokenKind Kind)[] Operators =
    [
        ("==", ExpressionTokenKind.Equal),
        ("!=", ExpressionTokenKind.NotEqual),
        ("=~", ExpressionTokenKind.Match),
        ("!~", ExpressionTokenKind.NotMatch),
        ("&&", ExpressionTokenKind.And),
        ("||", ExpressionTokenKind.Or),
        ("(", ExpressionTokenKind.Open),
        (")", ExpressionTokenKind.Close),
    ];

    /// <returns>The tokens and an end; null with the cause if there is something else in the text.</returns>
    public static List<ExpressionToken>? Tokens(string text, out string cause)
    {
        var tokens = new List<ExpressionToken>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            cause = "";
            var start = at;
            if (at == text.Length)
            {
                tokens.Add(new ExpressionToken(ExpressionTokenKind.End, ""));
                return tokens;
            }
            if (tokens.Count == PipelineLimits.MaxExpressionTokens)
                cause = $"more than {PipelineLimits.MaxExpressionTokens} tokens";
            else if (Next(text, ref at) is { } token)
                tokens.Add(token);
            else
                cause = $"unknown at character {start + 1}";
            if (cause != "")
                return null;
        }
    }

    private static ExpressionToken? Next(string text, ref int at)
    {
        var rest = text.AsSpan(at);
        foreach (var (sign, kind) in Operators)
        {
            if (!rest.StartsWith(sign, StringComparison.Ordinal))
                continue;
            at += sign.Length;
            return new ExpressionToken(kind, sign);
        }
        return rest[0] switch
        {
            '$' => Variable(text, ref at),
            '"' or '\'' => Quoted(text, ref at),
            '/' => Regex(text, ref at),
            _ => Null(text, ref at),
        };
    }

    private static ExpressionToken? Variable(string text, ref int at)
    {
        var name = Word(text, at + 1);
        at += 1 + name.Length;
        return name.Length == 0 ? null : new ExpressionToken(ExpressionTokenKind.Variable, name);
    }

    private static ExpressionToken? Null(string text, ref int at)
    {
        if (Word(text, at) != "null")
            return null;
        at += "null".Length;
        return new ExpressionToken(ExpressionTokenKind.Null, "null");
    }

    private static string Word(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return text[start..end];
    }

    private static ExpressionToken? Quoted(string text, ref int at)
    {
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0)
            return null;
        var token = new ExpressionToken(ExpressionTokenKind.Text, text[(at + 1)..end]);
        at = end + 1;
        return token;
    }

    /// <summary>Up to the next slash without a backslash, then the flags.</summary>
    private static ExpressionToken? Regex(string text, ref int at)
    {
        var end = at + 1;
        while (end < text.Length && text[end] != '/')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length || end == at + 1)
            return null;
        end++;
        while (end < text.Length && Pattern.Flags.Contains(text[end]))
            end++;
        var token = new ExpressionToken(ExpressionTokenKind.Pattern, text[at..end]);
        at = end;
        return token;
    }
}

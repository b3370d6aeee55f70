using Berth.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Web;

/// <summary>A form as it was filled in, and what is wrong with it: the page shows both again, each error beside its field.</summary>
public sealed class FormView
{
    private readonly Dictionary<string, string[]> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);

    /// <summary>The field's first value; empty if there is none.</summary>
    public string this[string field] => _values.TryGetValue(field, out var values) && values.Length > 0 ? values[0] : "";

    public bool IsGood => _errors.Count == 0;

    public bool Has(string field, string value) => _values.TryGetValue(field, out var values) && values.Contains(value, StringComparer.Ordinal);

    public IReadOnlyList<string> All(string field) => _values.TryGetValue(field, out var values) ? values : [];

    /// <summary>What is wrong with a field, as a sentence; null if nothing is.</summary>
    public string? Error(string field) => _errors.GetValueOrDefault(field);

    /// <summary>Fills a field in.</summary>
    internal FormView With(string field, params string[] values)
    {
        _values[field] = values;
        return this;
    }

    /// <summary>Puts an error beside a field. What the rules say begins small, and is about the field: 'is too long'.</summary>
    internal FormView Refuse(string field, string? reason)
    {
        if (reason is { Length: > 0 })
            _errors.TryAdd(field, char.IsLower(reason[0]) ? $"It {reason.TrimEnd('.')}." : reason);
        return this;
    }

    /// <summary>The form of a request, which the authoriser has read already.</summary>
    internal static async ValueTask<FormView> Read(HttpContext context)
    {
        var view = new FormView();
        foreach (var (field, values) in await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = RequestLimits.MaxFormFields }, context.RequestAborted))
            view._values[field] = [.. values.Select(value => value ?? "")];
        return view;
    }
}

namespace Berth.Server.Http;

/// <summary>What is wrong with which field, for the REST API and for pages alike; the reason begins small: 'is too long'.</summary>
internal sealed record FieldRefusal(string Field, string Reason)
{
    public IResult ToResult() => ApiError.Invalid(Field, Reason);
}

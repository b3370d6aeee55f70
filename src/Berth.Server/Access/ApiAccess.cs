namespace Berth.Server.Access;

/// <summary>The right to call a route of the REST API, and who calls. Only the authoriser makes it.</summary>
internal sealed class ApiAccess
{
    private ApiAccess(Caller caller, bool admin) => (Caller, IsAdminRoute) = (caller, admin);

    public Caller Caller { get; }

    private bool IsAdminRoute { get; }

    public static ApiAccess Grant(Caller caller, AccessRule.Api rule) => new(caller, rule.Admin && caller.IsAdmin);

    public static ValueTask<ApiAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ApiAccess>());

    /// <summary>Throws unless the route's rule let only administrators in: what administers users calls it first.</summary>
    public void DemandAdmin()
    {
        if (!IsAdminRoute)
            throw new InvalidOperationException("A route that is not the administrators' reached for users.");
    }
}

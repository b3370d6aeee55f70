using System.Net;
using Berth.Server.Configuration;
using Berth.Server.Http;

namespace Berth.Server.Access.Login;

/// <summary>What may be asked for how often, by settings: generous, for clients that run wild. Counted by each replica for itself.</summary>
internal sealed class RateLimits(BerthSettings settings, AccessMetrics metrics, TimeProvider time)
{
    private readonly RateLimit _tokens = new(settings.TokenRequests, time);
    private readonly RateLimit _signIns = new(settings.SignIns, time);
    private readonly RateLimit _pushes = new(settings.PushStarts, time);
    private readonly RateLimit _pipelines = new(settings.PipelineStarts, time);

    public void DemandToken(Caller caller, IPAddress? address) =>
        Demand(_tokens.Take(caller.IsAnonymous ? address?.ToString() ?? "" : caller.Credential), "Limits__TokenRequests", "tokens are asked for");

    public void DemandSignIn(IPAddress? address)
    {
        if (ClientAddress.Range(address) is { } range)
            Demand(_signIns.Take(range.ToString("x", null)), "Limits__SignIns", "passwords are tried");
    }

    /// <summary>After the authoriser: counts what a route's <see cref="RateLimited"/> says by who calls.</summary>
    public static Task Middleware(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RateLimited>() is { } rule && CallerOf(context) is { } caller)
            context.RequestServices.GetRequiredService<RateLimits>().Demand(rule, caller);
        return next(context);
    }

    private void Demand(RateLimited rule, Caller caller)
    {
        if (rule.What == RateLimitedWork.Push)
            Demand(_pushes.Take(caller.Credential), "Limits__PushStarts", "pushes are begun");
        else
            Demand(_pipelines.Take(caller.UserId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? caller.Credential), "Limits__PipelineStarts", "pipelines and jobs are started");
    }

    private void Demand(TimeSpan? wait, string setting, string what)
    {
        if (wait is not { } told)
            return;
        metrics.Refused("rate_limit");
        throw new TooManyRequestsException(429, told, $"more {what} a minute than {setting} lets through: wait, then try again");
    }

    private static Caller? CallerOf(HttpContext context) =>
        context.Features.Get<RepositoryAccess>()?.Caller ?? context.Features.Get<GitAccess>()?.Caller ?? context.Features.Get<ProjectAccess>()?.Caller ?? context.Features.Get<ProjectPageAccess>()?.Caller;
}

/// <summary>Metadata of a route that begins work which is limited by setting.</summary>
internal sealed record RateLimited(RateLimitedWork What);

internal enum RateLimitedWork
{
    Push,
    Pipeline,
}

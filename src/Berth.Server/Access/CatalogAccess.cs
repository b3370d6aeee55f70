namespace Berth.Server.Access;

/// <summary>The right to list images, and who lists: each sees what they may pull. Only the authoriser makes it.</summary>
internal sealed class CatalogAccess
{
    private CatalogAccess(Caller caller) => Caller = caller;

    public Caller Caller { get; }

    public static CatalogAccess Grant(Caller caller) => new(caller);

    public static ValueTask<CatalogAccess?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<CatalogAccess>());
}

using System.Globalization;
using Berth.Server.Http;

namespace Berth.Server.Distribution;

/// <summary>What a request says of the page of a list that it wants.</summary>
/// <param name="Size">n; null if it asks for all.</param>
/// <param name="Last">The last that the client has; empty for the first page.</param>
internal readonly record struct ListPage(int? Size, string Last)
{
    /// <summary>Reads n, of which at most <paramref name="largest"/> is served, and last.</summary>
    public static bool TryRead(IQueryCollection query, int largest, out ListPage page, out RegistryError? refusal)
    {
        (page, refusal) = (default, null);
        int? size = null;
        if (query["n"].ToString() is { Length: > 0 } n)
        {
            // A number may have NULs behind it for .NET.
            if (n.Contains('\0', StringComparison.Ordinal) || !long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
            {
                refusal = RegistryError.PaginationInvalid(n);
                return false;
            }
            size = (int)Math.Min(wanted, largest);
        }
        // No name holds a NUL and PostgreSQL takes none; what stands behind it cannot change the order among names.
        page = new ListPage(size, query["last"].ToString().Split('\0')[0]);
        return true;
    }
}

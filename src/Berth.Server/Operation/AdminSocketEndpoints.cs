using System.Text;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Operation;

/// <summary>/admin/…: what the operator's verbs ask of a server that runs, over the socket in the data directory.</summary>
internal static class AdminSocketEndpoints
{
    public const string ResetRootPasswordPath = "/admin/reset-root-password";

    public const string RotateKeysPath = "/admin/rotate-keys";

    /// <summary>What Linux has room for in the address of a socket (unix(7)), less the zero at its end, in bytes.</summary>
    private const int LongestPath = 107;

    /// <summary>Removes the socket that a killed server left behind, and gives its path.</summary>
    /// <exception cref="OperatorException">The data directory's path leaves no room for the socket's name.</exception>
    public static string Prepare(DataDirectory data)
    {
        if (Encoding.UTF8.GetByteCount(data.AdminSocket) > LongestPath)
            throw new OperatorException($"the path of the DataDirectory is too long: {data.AdminSocket} may have {LongestPath} bytes, as a socket's name");
        File.Delete(data.AdminSocket);
        return data.AdminSocket;
    }

    public static void MapAdminSocket(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(ResetRootPasswordPath, ResetRootPassword).WithMetadata(new AccessRule.AdminSocket());
        routes.MapPost(RotateKeysPath, Rotate).WithMetadata(new AccessRule.AdminSocket());
    }

    private static async Task<IResult> Rotate(SigningKeys keys) => Results.Text(await RotateKeys.Rotate(keys));

    private static async Task<IResult> ResetRootPassword(MetadataDatabase database, BerthSettings settings, Passwords passwords, TimeProvider time) =>
        Results.Text(await RootPassword.Reset(database, settings, passwords, time));
}

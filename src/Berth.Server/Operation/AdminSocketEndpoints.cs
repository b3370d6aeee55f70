using Berth.Server.Access;
using Berth.Server.Database;

namespace Berth.Server.Operation;

/// <summary>/admin/…: what the operator's verbs ask of a server that runs, over the socket in the data directory.</summary>
internal static class AdminSocketEndpoints
{
    public const string ResetRootPasswordPath = "/admin/reset-root-password";

    /// <summary>Removes the socket that a killed server left behind, and gives its path.</summary>
    public static string Prepare(DataDirectory data)
    {
        File.Delete(data.AdminSocket);
        return data.AdminSocket;
    }

    public static void MapAdminSocket(this IEndpointRouteBuilder routes) =>
        routes.MapPost(ResetRootPasswordPath, ResetRootPassword).WithMetadata(new AccessRule.AdminSocket());

    private static async Task<IResult> ResetRootPassword(MetadataDatabase database, Passwords passwords, TimeProvider time) =>
        Results.Text(await RootPassword.Reset(database, passwords, time));
}


namespace Berth.Server.Web.Administration;

/// <summary>A user in a list. Times in microseconds; <c>SignedInAt</c>: to the pages, last.</summary>
public sealed record UserLine(long Id, string Username, string Name, string? Email, bool IsAdmin, bool IsBlocked, long CreatedAt, long? SignedInAt);

/// <summary>A page of users. <c>Filter</c>: '', admins or blocked; <c>Next</c>: where the list goes on.</summary>
public sealed record UsersView(IReadOnlyList<UserLine> Users, string Search, string Filter, string? Next, bool IsFirstPage);

/// <summary>The form of a new user.</summary>
public sealed record NewUserView(FormView Form, IReadOnlyList<Choice> Admin);

/// <summary>One user, and the forms that change one. <c>Refusal</c>: why a button did nothing.</summary>
public sealed record UserDetails(UserLine User, bool IsSelf, FormView Form, FormView Password, FormView Delete, IReadOnlyList<Choice> Admin, string? Refusal);

"""Two valid OneRoster 1.2 bundles by hand, and faults to plant one at a time."""

# ruff: noqa: E501 - a row of a file is one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ALL", "BUNDLES", "FAULTS", "ROSTER_ALONE", "Fault"]

# Every file of the binding, each with a full line of headers. Some end without a line end, as a file may.
ALL: Mapping[str, str] = {
    "manifest": """propertyName,value
manifest.version,1.0
oneroster.version,1.2
file.academicSessions,bulk
file.categories,bulk
file.classes,bulk
file.classResources,bulk
file.courses,bulk
file.courseResources,bulk
file.demographics,bulk
file.enrollments,bulk
file.lineItemLearningObjectiveIds,bulk
file.lineItems,bulk
file.lineItemScoreScales,bulk
file.orgs,bulk
file.resources,bulk
file.resultLearningObjectiveIds,bulk
file.results,bulk
file.resultScoreScales,bulk
file.roles,bulk
file.scoreScales,bulk
file.userProfiles,bulk
file.userResources,bulk
file.users,bulk
source.systemName,Oak SIS
source.systemCode,oak""",
    "orgs": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Oak District,district,0601234,
s1,,,Oak High School,school,060123400001,d1
""",
    "academicSessions": """sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y26,,,2025-2026,schoolYear,2025-08-18,2026-06-05,,2026
f26,,,Fall,semester,2025-08-18,2025-12-19,y26,2026
p26,,,Spring,semester,2026-01-05,2026-06-05,y26,2026""",
    "courses": """sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
alg,,,y26,Algebra I,MA-1,"09,10",s1,"Mathematics,Algebra","02,02052"
art,,,y26,Art,AR-1,,d1,,
""",
    "classes": """sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
alg-1,,,Algebra I,09,alg,A1,scheduled,204,s1,"f26,p26",Mathematics,02,"1,2"
art-1,,,"Art, advanced",,art,,scheduled,,s1,f26,,,
""",
    "users": """sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
u1,,,true,ana.ruiz,"{State:9911},{Lunch:471}",Ana,Ruiz,Maria,00811,ana@oak.org,,,"g1,g2",09,,m1,,,,s1,
u2,,,true,bo.li,{State:9912},Bo,Li,,00812,bo@oak.org,,,,09,,,,,,s1,he
t1,,,true,kim.oduya,,Kim,Oduya,,,kim@oak.org,,555-201-3344,,,,,,,,s1,
g1,,,false,rosa.ruiz,,Rosa,Ruiz,,,,,,u1,,,,,,,,
g2,,,false,jose.ruiz,,José,Ruiz,,,,,,u1,,,,,,,,""",
    "roles": """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,u1,primary,student,2025-08-18,2026-06-05,s1,p1
r2,,,u2,primary,student,2025-08-18,,s1,
r3,,,t1,primary,teacher,,,s1,
r4,,,g1,primary,parent,,,s1,
r5,,,g2,primary,guardian,,,s1,
""",
    "enrollments": """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,alg-1,s1,u1,student,,2025-08-18,2026-06-05
e2,,,alg-1,s1,u2,student,,2025-08-18,
e3,,,alg-1,s1,t1,teacher,true,,
""",
    "demographics": """sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus
u1,,,2011-03-04,female,false,false,false,false,true,false,true,US,CA,Oakland,01652
u2,,,2011-09-30,male,false,true,false,false,false,false,false,,,,
""",
    "userProfiles": """sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password
p1,,,u1,LTI,acme,reader,,LTI,ana.r,""",
    "categories": """sourcedId,status,dateLastModified,title,weight
c1,,,Quizzes,40
c2,,,Homework,
""",
    "lineItems": """sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId
q1,,,Quiz 1,"Chapter 1, 2",2025-09-01,2025-09-05,alg-1,c1,f26,0.0,10.0,s1
q2,,,Essay,,2025-09-08,2025-09-12,alg-1,c2,f26,,,s1
""",
    "results": """sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing
x1,,,q1,u1,fully graded,10.0,2025-09-05,,A,alg-1,false,false,false,false
x2,,,q1,u2,fully graded,0.0,2025-09-05,"Late, again",,alg-1,,,,
x3,,,q2,u1,not submitted,,2025-09-12,,,,,,true,true
""",
    "scoreScales": """sourcedId,status,dateLastModified,title,type,orgSourcedId,courseSourcedId,classSourcedId,scoreScaleValue
n1,,,Letters,letter,s1,alg,alg-1,"{90-100:A},{80-89:B},{0-79:C}"
""",
    "lineItemScoreScales": """sourcedId,status,dateLastModified,title,lineItemSourcedId,scoreScaleSourcedId
ls1,,,,q1,n1
""",
    "resultScoreScales": """sourcedId,status,dateLastModified,title,resultSourcedId,scoreScaleSourcedId
rs1,,,,x1,n1
""",
    "lineItemLearningObjectiveIds": """sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId
lo1,,,q1,case,urn:uuid:6b1b2d4e-0f5a-4c39-9d0e-52f0a7b41c11
lo2,,,q2,unknown,6.NS.1
""",
    "resultLearningObjectiveIds": """sourcedId,status,dateLastModified,resultSourcedId,source,learningObjectiveId,score,textScore
ro1,,,x1,case,6b1b2d4e-0f5a-4c39-9d0e-52f0a7b41c11,9.5,
ro2,,,x2,unknown,6.NS.1,,B
""",
    "resources": """sourcedId,status,dateLastModified,vendorResourceId,title,roles,importance,vendorId,applicationId
b1,,,isbn-1,Algebra,"student,teacher",primary,acme,reader
""",
    "classResources": """sourcedId,status,dateLastModified,title,classSourcedId,resourceSourcedId
cr1,,,,alg-1,b1
""",
    "courseResources": """sourcedId,status,dateLastModified,title,courseSourcedId,resourceSourcedId
or1,,,,alg,b1
""",
    "userResources": """sourcedId,status,dateLastModified,userSourcedId,orgSourcedId,classSourcedId,resourceSourcedId
ur1,,,u1,s1,alg-1,b1
""",
}
# A roster alone: staff before the children are enrolled, every cell in quotes, and columns of an extension.
ROSTER_ALONE: Mapping[str, str] = {
    "manifest": '"propertyName","value"\n"manifest.version","1.0"\n"oneroster.version","1.2"\n'
    + "".join(
        f'"file.{name}","{"bulk" if name in ("orgs", "users", "roles") else "absent"}"\n'
        for name in ALL
        if name != "manifest"
    ),
    "orgs": '"sourcedId","status","dateLastModified","name","type","identifier","parentSourcedId","metadata.oak.zone"\n'
    '"d1","","","Oak ""Grove"" District","district","","",""\n"s1","","","Oak High","school","","d1","north"',
    "users": '"sourcedId","status","dateLastModified","enabledUser","username","userIds","givenName","familyName",'
    '"middleName","identifier","email","sms","phone","agentSourcedIds","grades","password","userMasterIdentifier",'
    '"preferredGivenName","preferredMiddleName","preferredFamilyName","primaryOrgSourcedId","pronouns"\n'
    '"t1","","","true","kim","","Kim","Oduya","","","","","","","","","","","","","s1",""\n'
    '"t2","","","true","lee","","Lee","Marsh","","","","","","","","","","","","","s1",""',
    "roles": '"sourcedId","status","dateLastModified","userSourcedId","roleType","role","beginDate","endDate",'
    '"orgSourcedId","userProfileSourcedId","metadata.oak.note","metadata.oak.year"\n'
    '"r1","","","t1","primary","teacher","","","s1","","new\nhere","2026"\n'
    '"r2","","","t2","primary","principal","","","s1","","",""',
}
BUNDLES = {"all": ALL, "roster alone": ROSTER_ALONE}


@dataclass(frozen=True)
class Fault:
    """A text of one file and what replaces it; the finding must name file, row and column."""

    file: str
    was: str
    is_: str
    # Row of the finding; None where it is about a header or the whole file.
    row: int | None
    column: str | None
    # Where the finding is, if it isn't in the file.
    named_in: str = ""


URN = "urn:uuid:6b1b2d4e-0f5a-4c39-9d0e-52f0a7b41c11"
STAMP = "2026-01-05T08:00:00.000Z"
FAULTS = {
    "status in bulk": Fault("orgs", "d1,,,", "d1,active,,", 2, "status"),
    "a deletion in bulk": Fault("users", "u2,,,", "u2,tobedeleted,,", 3, "status"),
    "day of change in bulk": Fault("users", "u2,,,", f"u2,,{STAMP},", 3, "dateLastModified"),
    "minimum above maximum": Fault("lineItems", "0.0,10.0", "10.0,0.0", 2, "resultValueMax"),
    "result above the maximum": Fault("results", "10.0,2025", "11.0,2025", 2, "score"),
    "result below the minimum": Fault("results", '0.0,2025-09-05,"', '-1.0,2025-09-05,"', 3, "score"),
    "scale value without braces": Fault("scoreScales", "{80-89:B}", "80-89:B", 2, "scoreScaleValue"),
    "scale value of one part": Fault("scoreScales", "{80-89:B}", "{B}", 2, "scoreScaleValue"),
    "scale of no class": Fault("scoreScales", "alg,alg-1", "alg,alg-9", 2, "classSourcedId"),
    "objective of CASE without a UUID": Fault(
        "lineItemLearningObjectiveIds", URN, "6.NS.1", 2, "learningObjectiveId"
    ),
    "objective of a result without a UUID": Fault(
        "resultLearningObjectiveIds", URN.removeprefix("urn:uuid:"), "6b1b2d4e-0f5a", 2, "learningObjectiveId"
    ),
    "empty session in a list": Fault("classes", "f26,p26", "f26,,p26", 2, "termSourcedIds"),
    "empty guardian in a list": Fault("users", "g1,g2", "g1,", 2, "agentSourcedIds"),
    "empty grade in a list": Fault("courses", "09,10", "09,,10", 2, "grades"),
    "empty id in a list": Fault("users", "{State:9911},{", "{State:9911},,{", 2, "userIds"),
    "empty scale value": Fault("scoreScales", "{80-89:B},", ",", 2, "scoreScaleValue"),
    "id without its kind": Fault("users", "{State:9912}", "9912", 3, "userIds"),
    "reference to nobody": Fault("enrollments", "s1,u2", "s1,u9", 3, "userSourcedId"),
    "reference to no scale": Fault("resultScoreScales", "x1,n1", "x1,n9", 2, "scoreScaleSourcedId"),
    "one id twice": Fault("orgs", "s1,,,Oak High", "d1,,,Oak High", 3, "sourcedId"),
    "no title": Fault("courses", "y26,Art,", "y26,,", 3, "title"),
    "no role of the binding": Fault("roles", "primary,teacher", "primary,coach", 4, "role"),
    "day in another form": Fault("demographics", "2011-03-04", "03/04/2011", 2, "birthDate"),
    "truth in another form": Fault("users", "u1,,,true", "u1,,,yes", 2, "enabledUser"),
    "year in another form": Fault(
        "academicSessions",
        "p26,,,Spring,semester,2026-01-05,2026-06-05,y26,2026",
        "p26,,,Spring,semester,2026-01-05,2026-06-05,y26,26",
        4,
        "schoolYear",
    ),
    "points that are no number": Fault("results", "10.0,2025", "ten,2025", 2, "score"),
    "id of 256 characters": Fault("resources", "b1,,,", "b" * 256 + ",,,", 2, "sourcedId"),
    "a cell too few": Fault("orgs", "district,0601234,", "district,0601234", 2, None),
    "a cell too many": Fault("orgs", "district,0601234,", "district,0601234,,x", 2, None),
    "a quote never closed": Fault("categories", "c2,,,Homework", 'c2,,,"Homework', 3, None),
    "a quote in a name": Fault("orgs", "Oak High School", '"Oak" High School', 3, None),
    "no column": Fault("categories", "title,weight", "title", None, "weight"),
    "a column more": Fault("categories", "title,weight", "title,weight,color", None, "color"),
    "columns in another order": Fault("orgs", "name,type", "type,name", None, None),
    "an extension in the middle": Fault(
        "categories",
        "dateLastModified,title",
        "dateLastModified,metadata.oak.x,title",
        None,
        "metadata.oak.x",
    ),
    "a file the manifest calls absent": Fault(
        "manifest", "file.roles,bulk", "file.roles,absent", 20, "value"
    ),
    "no such mode": Fault("manifest", "file.roles,bulk", "file.roles,all", 20, "value"),
    "a quote before a mode": Fault("manifest", "file.users,bulk", 'file.users,"bulk', 24, None),
    "a quote before a name": Fault("manifest", "file.roles,bulk", '"file.roles,bulk', 20, None),
    "a quote in a value": Fault("manifest", "Oak SIS", '"Oak" SIS', 25, None),
}

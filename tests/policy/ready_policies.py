"""Ready policies for scenario files, as TOML text; the first is the baseline."""

READY = """
[policy.big_pot]
why = "Today's practice: a common pot shared almost equally, no audit, a week of classroom for newcomers."

[policy.flow_split_team_pay]
why = "Pay follows results: less is shared equally, teams compete, and audits keep goods inside the borders."

[policy.flow_split_team_pay.pay]
egalitarian_share = 0.4
commission_share = 0.10
commission_floor = 0.8

[policy.flow_split_team_pay.team_award]
score_bonus_points = 3
prize_per_member = 100
symbolic = 0.5

[policy.flow_split_team_pay.anti_gaming]
audit_rate = 0.15
penalty_share = 0.5
cost_per_audit = 100

[policy.mentoring_onboarding]
why = "The best teach the weakest two hours a week, judged next month; newcomers learn before they serve alone."

[policy.mentoring_onboarding.mentoring]
pairs_share = 0.2
rule = "strong_weak"
hours_per_week = 2
target_gain_points = 3
max_renewals = 3

[policy.mentoring_onboarding.onboarding]
classroom_weeks = 2
shadow_weeks = 3
exam_threshold = 75
cost_per_hire = 800
"""

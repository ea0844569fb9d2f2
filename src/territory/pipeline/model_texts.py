"""What the model report says about the model itself, whatever was run: logic, algorithms, assumptions."""

from __future__ import annotations

from territory.language import Text

PURPOSE = Text(
    "Management asks what happens to sales, service, pay and people if pay, assessment, careers, training or "
    "mentoring change, given these territories and these routes. The model simulates account managers (reps) of a "
    "wholesaler over a number of months, day by day, under each policy, and compares the policies. It is for choosing "
    "between policies and for seeing side effects (goods moved across borders, quality given up, people who leave); "
    "it is not a sales forecast.",
    "管理层想知道:在既定的划分与线路下,改变薪酬、考核、职业发展、培训或结对帮扶,会对销售、服务、薪酬和人员产生什么影响。"
    "模型逐日模拟批发企业客户经理若干个月,在每项政策下分别运行并比较。用于政策选择和发现副作用(窜货、牺牲质量、人员流失),"
    "不是销售预测。",
)
ERRORS = Text(
    "Facts are recorded during the run and measures are computed from them afterwards. Means are over replications; "
    "differences are paired on common random numbers. Intervals are 95 % t intervals that hold for all policies at "
    "once (Bonferroni). No ranking is given where the interval covers 0 or with fewer than 10 replications.",
    "运行中只记录事实,指标事后由事实计算。均值为各次重复的平均;差异在公共随机数下配对。"
    "区间为对所有政策同时成立的 95 % t 区间(Bonferroni)。区间覆盖 0 或重复不足 10 次时不排名。",
)
DIAGRAM = Text(
    "Inputs on the left, the month's loop in the middle, recorded facts on the right. Inside a month every working day "
    "is resolved by itself.",
    "左为输入,中为每月循环,右为记录的事实。每月之内逐个工作日求解。",
)
LOGIC = (
    Text(
        "A month begins: levers in force (calendar, roll-out, conditions, eligibility, budget), supply, targets, the "
        "day plan; mentoring pairs are formed, courses held, and every rep chooses effort.",
        "月初:确定在效的杠杆(日程、分批、条件、适用对象、预算)、供货、目标和日计划;组成结对,安排培训,每人选择努力。",
    ),
    Text(
        "Every working day: due and carried-over visits are made in the order of outlet classes until the minutes run "
        "out (drive and service minutes vary); administration, meetings, courses and teaching come off the day first.",
        "每个工作日:按客户类别次序完成应访与遗留的拜访,直到时间用尽(路途与服务时间随机);内务、会议、培训和带教先行扣除。",
    ),
    Text(
        "A month closes: goodwill and sales, supply limits, goods moved across borders or ahead of time, late money, "
        "assessment, contests, ideas, pay of reps and supervisors, learning and forgetting, leaving, costs and budget, "
        "verdict on mentoring pairs.",
        "月末:客情与销售、供货上限、跨区与提前的货物、逾期货款、考核、竞赛、创新建议、客户经理与主管薪酬、学习与遗忘、离职、"
        "成本与预算、结对评定。",
    ),
    Text(
        "A year closes: stars, the ladder of grades and steps with caps, elimination, the management track.",
        "年末:评星、带比例上限的职级与档位、末位淘汰、管理通道。",
    ),
    Text(
        "Vacancies are covered by neighbours, filled after a lead time, and newcomers go through classroom, shadowing "
        "and an exam before they serve alone.",
        "空缺由邻区代管,经招聘周期后补充;新人须经课堂、跟岗和考试后方可独立服务。",
    ),
)
ALGORITHMS = (
    Text(
        "Sales: S = D g(G), G_t = c G_(t-1) + (1 - c) x_t with x effective visits against required ones and c the "
        "carry-over; g(x) = 1 - 2e + 4e x / (1 + x) has g(1) = 1 and elasticity e there (x^e for e above 0.5); S is "
        "limited by supply.",
        "销售:S = D g(G),G_t = c G_(t-1) + (1 - c) x_t,x 为有效拜访与应访之比,c 为延续系数;"
        "g(x) = 1 - 2e + 4e x /(1 + x),g(1) = 1,该处弹性为 e(e 大于 0.5 时为 x^e);S 受供货限制。",
    ),
    Text(
        "Effort on selling, serving, courting, gaming, padding and sabotage: max b'(e - e0) - (e - e0)'C(e - e0)/2, "
        "b the marginal pay of each activity (of a threshold bonus its density at the target), then the peer "
        "equilibrium e = (I - rho W)^-1 e_private over visible colleagues.",
        "努力(销售、服务、迎合、钻空子、虚报、拆台):max b'(e - e0) - (e - e0)'C(e - e0)/2,b 为各活动的边际收入"
        "(门槛奖金取其在目标处的密度);再按可见同事求同伴均衡 e = (I - rho W)^-1 e_private。",
    ),
    Text(
        "Skill: ten skills approach a plateau exponentially by practice; unused ones halve after a fixed time; "
        "mentoring closes a share of the gap per week with two hours together; courses add a lasting part and one that "
        "fades.",
        "技能:十项技能随实践指数趋近上限;不用则按半衰期遗忘;结对每周(共处两小时)缩小一定比例的差距;培训有持久与消退两部分。",
    ),
    Text(
        "Quits: monthly chance 1 - exp(-exp(b0 + b1 log(pay / outside) + b2 [first year] + b3 morale + b4 unrewarded "
        "ability + b5 log pay of formal colleagues beyond the ordinary gap)); vacancies last a geometric time.",
        "离职:月概率 1 - exp(-exp(b0 + b1 log(收入/外部水平) + b2 [首年] + b3 士气 + b4 未获回报的能力 + "
        "b5 正式工超出通常差距的对数收入));空缺时长服从几何分布。",
    ),
    Text(
        "Gaming: goods pushed over a border are recorded once and displace true sales there, except what leaks; orders "
        "pulled forward are taken from the next month. True consumption is conserved.",
        "窜货与压货:跨区货物在本区记账并挤占他区真实销售(泄漏部分除外);提前的订单取自次月。真实消费守恒。",
    ),
    Text(
        "Mentoring pairs: the best with the worst score inwards, at random, or linear assignment on gaps in skill; a "
        "pair is judged by the month that follows and renewed while it misses its target.",
        "结对:按得分首尾配对、随机配对或按技能差距做线性指派;以次月考核评定,未达标则续期。",
    ),
)
PREPARATION = Text(
    "Sales, required and planned visits are added up by position and outlet class; cycles of 20 working days become "
    "months of 21. Drive minutes per visit come from the visit plan; without one they are estimated from the legs "
    "between neighbouring outlets and the way from home. The flow between market areas becomes, for each pair of "
    "positions, the share of flow that crosses their border. Planned visits are spread evenly over the days of a month "
    "as whole numbers.",
    "销售、应访与计划拜访按岗位和客户类别汇总;20 个工作日的周期折算为 21 个工作日的月。每次拜访的路途分钟取自拜访计划;"
    "没有计划时按相邻客户间路程和往返住地估算。商圈间流量折算为每两个岗位之间跨界流量的占比。计划拜访以整数均匀分布到各日。",
)
ASSUMPTIONS = (
    Text(
        "One set of behavioural parameters holds for all policies and all studies the model is checked against.",
        "所有政策和用于检验的研究共用同一组行为参数。",
    ),
    Text(
        "Months have 21 working days; visits of a day are made by outlet class, most important first.",
        "每月 21 个工作日;当日拜访按客户类别的重要性依次进行。",
    ),
    Text(
        "Reps know the rules and respond to this month's marginal pay; they do not plan several months ahead but for "
        "bonus periods and careers.",
        "客户经理了解规则并对当月边际收入作出反应;除奖金周期与职业发展外不作多月规划。",
    ),
    Text(
        "Competitors, prices and the assortment do not change; the season is given.",
        "竞争者、价格与品类不变;季节给定。",
    ),
)
START = Text(
    "The run is terminating and begins on the first working day of month 1 with today's people, grades, steps and "
    "tenure; skills lie on the learning curve at each rep's tenure; goodwill, pay expectations and scores are "
    "ordinary. There is no warm-up.",
    "终止型仿真,自第 1 个月首个工作日以现有人员、职级、档位和司龄开始;技能位于各人司龄对应的学习曲线上;"
    "客情、收入预期与得分取正常值。无预热期。",
)
SAMPLING = Text(
    "NumPy's PCG64, seeded by a hash of seed, purpose, replication and month: draws are addressed, not consumed. Each "
    "purpose draws one block of fixed shape over all positions per month and is masked afterwards, so that what a "
    "policy does never shifts another draw (common random numbers); a position keeps its row when its holder changes. "
    "Drive and service minutes of a visit are log-normal, as 65,536 equally likely values.",
    "NumPy 的 PCG64,由种子、用途、重复编号与月份的散列确定:随机数按地址取得而非顺序消耗。"
    "每个用途每月对所有岗位抽取固定形状的一块,再按需使用,因此政策的行为不会移动其他随机数(公共随机数);岗位换人时仍用同一行。"
    "单次拜访的路途与服务时间为对数正态分布,取 65,536 个等概率值。",
)
EXECUTION = Text(
    "SimPy owns the clock; time is in working days. The visits of a day are resolved for all positions at once in "
    "compiled code; a reference mode walks every visit through SimPy events and gives the same numbers on the same "
    "draws. An independent checker recomputes the records of every run. Replications run side by side on any number of "
    "processes or a Dask cluster; the answer does not depend on how many.",
    "时钟由 SimPy 管理,单位为工作日。每日所有岗位的拜访在编译代码中一次求解;参考模式用 SimPy 事件逐次拜访,"
    "在相同随机数下结果相同。独立检查器对每次运行的记录重新计算。"
    "各次重复可在任意数量的进程或 Dask 集群上并行,结果与数量无关。",
)
SHARING = Text(
    "The model is part of the Python package territory (MIT licence). This run is repeated with the same scenario "
    "folder, policy files and version by: {command}",
    "模型为 Python 软件包 territory(MIT 许可)的一部分。使用相同的情景文件夹、政策文件和版本,"
    "以下命令可复现本次运行:{command}",
)
